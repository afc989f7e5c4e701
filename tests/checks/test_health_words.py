"""Health words of many frameworks are brought to four states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.checks._health_words import DEGRADED, HEALTHY, UNHEALTHY, State, state_of, worst


@pytest.mark.parametrize(
    "value",
    [
        True,
        "ok",
        " OK ",
        "UP",
        "Healthy",
        "PONG",
        "ACTIVE_HEALTHY",
        {"status": "up"},
        {"healthy": True},
        {"connected": True},
        {"ok": True},
        {"status": "up", "message": "12 ms"},
        {"status": {"status": "pass"}},
        [{"componentType": "datastore", "status": "pass"}],
        [{"?column?": 1}],
    ],
)
def test_healthy_values(value: object) -> None:
    """The healthy words of the table, alone or inside an object or a list, are healthy."""
    assert state_of(value) is State.HEALTHY


@pytest.mark.parametrize("value", ["Degraded", "warn", "warning", "partial", "COMING_UP", [{"status": "warn"}]])
def test_degraded_values(value: object) -> None:
    """What still serves is degraded."""
    assert state_of(value) is State.DEGRADED


@pytest.mark.parametrize(
    "value",
    [
        False,
        "down",
        "OUT_OF_SERVICE",
        "shutting_down",
        "Unhealthy",
        {"healthy": False},
        {"status": "ok", "connected": False},
        [{"status": "pass"}, {"status": "fail"}],
    ],
)
def test_unhealthy_values(value: object) -> None:
    """The worst of what a value says counts."""
    assert state_of(value) is State.UNHEALTHY


@pytest.mark.parametrize(
    "value", [None, "", "UNKNOWN", "fine", 1, 0, 1.5, {}, [], {"uptime": 3}, [{"?column?": 0}], [[]]]
)
def test_anything_else_is_unknown(value: object) -> None:
    """A word that is in no table, an empty object or a number is unknown, never healthy."""
    assert state_of(value) is State.UNKNOWN


def test_nested_beyond_reason_is_unknown() -> None:
    """Absurdly deep nesting ends as unknown, not in a crash."""
    value: object = "ok"
    for _ in range(5000):
        value = {"status": value}
    assert state_of(value) is State.UNKNOWN


def test_the_tables_do_not_overlap() -> None:
    """No word has two meanings."""
    assert not HEALTHY & DEGRADED
    assert not HEALTHY & UNHEALTHY
    assert not DEGRADED & UNHEALTHY


def test_worst_of_nothing_is_unknown() -> None:
    """Where nothing is said, nothing is known."""
    assert worst([]) is State.UNKNOWN


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["status", "ok", "x"]), inner, max_size=3)
    ),
)


@given(json_values)
def test_every_json_value_has_a_state(value: object) -> None:
    """No JSON value breaks the reading, and healthy is never said without a healthy word."""
    state = state_of(value)
    words = repr(value).lower()
    if state is State.HEALTHY:
        assert any(word in words for word in HEALTHY)
