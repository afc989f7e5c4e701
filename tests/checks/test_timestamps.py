"""Time stamps come in many shapes; live ones are told from stale and frozen ones."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.checks._timestamps import age_s, epoch_s, stands_still
from tests.checks.fake_world import NOW, answer


@pytest.mark.parametrize(
    "value",
    [
        NOW,
        NOW * 1000,
        int(NOW),
        "2027-01-15T08:00:00Z",
        "2027-01-15T08:00:00.000+00:00",
        "2027-01-15T09:00:00+01:00",
        "2027-01-15 08:00:00",
        " Fri, 15 Jan 2027 08:00:00 GMT ",
    ],
)
def test_shapes_of_one_moment(value: Any) -> None:
    """Seconds, milliseconds, ISO 8601 and HTTP dates mean the same; without a zone it is UTC."""
    assert epoch_s(value) == NOW


@given(st.none() | st.booleans() | st.text(max_size=20) | st.floats() | st.lists(st.integers()))
def test_anything_else_is_no_moment_or_a_finite_one(value: Any) -> None:
    """No value breaks the reading."""
    moment = epoch_s(value)
    assert moment is None or abs(moment) < 1e12


def test_age_prefers_the_clock_that_agrees() -> None:
    """The answer's own Date counts if it agrees better than this machine's clock."""
    made = answer(headers={"date": "Fri, 15 Jan 2027 06:00:00 GMT"})
    assert age_s(NOW - 7200, made) == 0
    assert age_s(NOW - 7200, answer()) == 7200
    assert age_s(NOW - 7200, answer(headers={"date": "whenever"})) == 7200


@pytest.mark.parametrize(
    ("seen", "still"),
    [
        ([], False),
        ([(0, 5)], False),
        ([(0, 5), (0.5, 5)], False),
        ([(0, 5), (1.5, 5)], True),
        ([(0, 5), (1.5, 6.5)], False),
        ([(0, 5), (0, 4), (1.5, 4), (1.5, 6.5)], True),
        ([(0, 5), (1.5, 5), (6, 10)], False),
    ],
)
def test_standing_still(seen: list[tuple[float, float]], still: bool) -> None:
    """A stamp of the first ask that is still served at the last stands still; within a second nothing is told."""
    assert stands_still(seen) is still
