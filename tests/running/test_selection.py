"""Which checks become pytest items, and which environments a session may touch."""

from types import SimpleNamespace
from typing import Any

import pytest

from smoke.errors import UsageError
from smoke.running import selection
from smoke.verdict.words import Stage, Tier


def environment(name: str, tier: str) -> Any:
    """Return as much of an environment as selecting needs."""
    return SimpleNamespace(name=name, system=name.partition("/")[0], tier=Tier(tier))


PROD, EU, STAGING = (
    environment("portal/prod", "prod"),
    environment("cartly/eu", "prod"),
    environment("portal/s", "staging"),
)


@pytest.fixture(autouse=True)
def _known_markers(request: pytest.FixtureRequest) -> None:
    """Register the markers as the plugin does, since unknown ones are errors."""
    for line in selection.markers([PROD, EU, STAGING]):
        request.config.addinivalue_line("markers", line)


def run(of: Any = PROD) -> Any:
    """Return as much of a run as selecting needs."""
    checks = [SimpleNamespace(id=f"{stage}/x", stage=stage) for stage in Stage]
    journeys = [SimpleNamespace(name="login", stage="functional"), SimpleNamespace(name="orders", stage="monitoring")]
    return SimpleNamespace(environment=of, checks=checks, journeys=journeys)


def parameters(group: str, of: Any = PROD) -> list[Any]:
    """Return the pytest parameters of one group."""
    return selection.cases(run(of), group)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_has_its_own_checks(stage: Stage) -> None:
    """Each stage's test function gets its own checks, once each."""
    assert [one.id for one in parameters(stage)] == [f"portal/prod:{stage}/x"]


def test_http_checks_of_one_environment_stay_together() -> None:
    """One engine makes them all, so that xdist must keep them in one process; environments may be apart."""
    groups = {
        selection.together(f"test_{stage}.py::test_{stage}[{one.id}]")
        for of in (PROD, EU)
        for stage in ("immediate", "functional")
        for one in parameters(stage, of)
    }
    assert groups == {"portal/prod", "cartly/eu"}


def test_journeys_may_be_spread() -> None:
    """Every journey is in a group of its own."""
    items = [f"test_journeys.py::test_journeys[{one.id}]" for one in parameters("journeys")]
    assert [selection.together(one) for one in items] == items


def test_journeys() -> None:
    """Journeys are their own group of items, each with its stage's marker and free to be spread."""
    assert [one.id for one in parameters("journeys")] == ["portal/prod:journey/login", "portal/prod:journey/orders"]
    marks = [{mark.name for mark in one.marks} for one in parameters("journeys")]
    assert marks == [{"prod", "portal", "functional"}, {"prod", "portal", "monitoring"}]


def test_every_item_can_be_selected_by_tier_and_system() -> None:
    """`-m "prod and portal"` finds every item of such an environment."""
    for group in (*Stage, "journeys"):
        for one in parameters(group):
            assert {"prod", "portal"} <= {mark.name for mark in one.marks}


def test_marker_lines() -> None:
    """Every tier, system and stage is a known marker, once."""
    names = [line.partition(":")[0] for line in selection.markers([PROD, EU, STAGING, environment("demo/x", "demo")])]
    assert set(names) == {*Tier, "cartly", "portal", *Stage}
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("node_id", "expected"),
    [
        ("smoke/suite/test_immediate.py::test_immediate[portal/prod:version/bff]", ("portal/prod", "version/bff")),
        ("test_immediate.py::test_immediate[portal/prod:version/bff]@http-portal/prod", ("portal/prod", "version/bff")),
        (
            "test_x.py::test_x[portal/prod:control/status.example.net:8443]",
            ("portal/prod", "control/status.example.net:8443"),
        ),
        ("test_x.py::test_x[portal/prod:control/host/a/b?c=d]", ("portal/prod", "control/host/a/b?c=d")),
        ("tests/test_other.py::test_other[1-2]", None),
        ("tests/test_other.py::test_other", None),
        ("tests/test_other.py::test_other[a:b]", None),
    ],
)
def test_node_ids(node_id: str, expected: tuple[str, str] | None) -> None:
    """Environment and check are read from an item's id, also with xdist's group; other items are none of ours."""
    assert selection.check_of(node_id) == expected
    assert selection.selected([node_id]) == ({expected[0]: frozenset({expected[1]})} if expected else {})


def test_selected() -> None:
    """The remaining items tell what is selected in each environment."""
    ids = [f"t.py::t[{one}]" for one in ("portal/prod:a/1", "portal/prod:a/2", "cartly/eu:a/1")]
    assert selection.selected(ids) == {"portal/prod": {"a/1", "a/2"}, "cartly/eu": {"a/1"}}
    assert selection.selected([]) == {}


def test_one_tier() -> None:
    """Several environments of one tier may be verified together."""
    selection.refuse_several_tiers([PROD, EU])
    selection.refuse_several_tiers([])


def test_several_tiers_are_refused() -> None:
    """A selection over several tiers is refused with the choices there are."""
    with pytest.raises(UsageError) as refused:
        selection.refuse_several_tiers([PROD, EU, STAGING])
    assert str(refused.value) == (
        "the selection spans 2 tiers, and one run verifies one; "
        "choose: -m prod (portal/prod, cartly/eu); -m staging (portal/s)"
    )
