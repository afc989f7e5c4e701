"""A verdict that does not agree with itself."""

from typing import Any

import pytest

from smoke.gate.soundness import contradiction, moment
from tests.outputs import verdicts
from tests.outputs.verdicts import BEFORE, COMMIT, check, everything, failing, passing, replaced

INVOICES = "journey/invoices"


def with_checks(*others: dict[str, Any]) -> dict[str, Any]:
    """Return a pass of which some checks are other ones."""
    return passing() | {"checks": replaced(everything(), *others)}


def with_release(expected: str | None, **commits: list[str]) -> dict[str, Any]:
    """Return a pass of a release of which services were seen to serve *commits*."""
    observed = {service: {"commits": dict.fromkeys(seen, 3), "replicas": {}} for service, seen in commits.items()}
    return passing() | {"release": {"expected": expected, "previous": None, "observed": observed}}


@pytest.mark.parametrize("kind", verdicts.ALL)
def test_what_we_write_is_sound(kind: str) -> None:
    """No verdict of ours contradicts itself."""
    assert contradiction(verdicts.ALL[kind]()) is None


@pytest.mark.parametrize("cause", ["preexisting", "dependency", "maintenance"])
def test_excused(cause: str) -> None:
    """A pass may leave open what is not the release's."""
    assert contradiction(with_checks(check(INVOICES, "functional", "failed", cause=cause))) is None


def test_advisory_and_waived() -> None:
    """A pass may hold advisory failures, and required checks that were waived."""
    slow = check("page/home", "immediate", "failed", gating=False)
    waived = check("health/bff", "immediate", "skipped", cause=None)
    assert contradiction(with_checks(slow, waived)) is None


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [
        ("failed", "release"),
        ("failed", "runner"),
        ("failed", "suite"),
        ("undecided", "dependency"),
        ("undecided", "release"),
        ("undecided", "credentials"),
        ("skipped", "suite"),
        ("skipped", "release"),
    ],
)
def test_a_pass_that_is_none(outcome: str, cause: str) -> None:
    """No required check of a pass may have failed, be open, or be missing."""
    said = contradiction(with_checks(check(INVOICES, "functional", outcome, cause=cause)))
    assert said == f"it says pass, but the required check {INVOICES} is {outcome}"


@pytest.mark.parametrize(
    "checks",
    [
        [],
        [check("version/bff", "converge"), check("census/release", "confirm")],
        [check("page/home", "immediate", gating=False)],
        [check("page/home", "immediate", "skipped", cause=None)],
    ],
)
def test_nothing_verified(checks: list[dict[str, Any]]) -> None:
    """Without a required check that looked at the product there is no pass."""
    assert "no required check" in str(contradiction(passing() | {"checks": checks}))


def test_twice() -> None:
    """One check has one outcome."""
    twice = [*everything(), check("page/home", "immediate", "failed", gating=False)]
    assert contradiction(passing() | {"checks": twice}) == "it holds page/home 2 times"


@pytest.mark.parametrize(
    ("release", "said"),
    [
        (with_release(COMMIT), "not that anything served"),
        (with_release(COMMIT, web=[]), "not that anything served"),
        (with_release(COMMIT, web=[BEFORE]), f"saw {BEFORE} on web"),
        (with_release(COMMIT, web=[COMMIT], bff=[COMMIT, BEFORE]), f"saw {BEFORE} on bff"),
    ],
)
def test_another_commit_was_live(release: dict[str, Any], said: str) -> None:
    """A pass has seen its commit, and no other."""
    assert said in str(contradiction(release))


def test_an_abbreviated_commit() -> None:
    """A short name of the commit is that commit."""
    assert contradiction(with_release(COMMIT[:8], web=[COMMIT])) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"checks": everything()}, "has passed"),
        ({"checks": replaced(everything(), check(INVOICES, "functional", "failed", gating=False))}, "by the release"),
        ({"reasons": [{"check": "page/none", "cause": "release", "message": ""}]}, "page/none is none of its checks"),
        ({"reasons": [{"check": "page/home", "cause": "release", "message": ""}]}, "by the release's fault"),
    ],
)
def test_a_fail_that_is_none(change: dict[str, Any], said: str) -> None:
    """A fail rests on a required check that failed by the release's fault."""
    invoices = [{"check": INVOICES, "cause": "release", "message": ""}]
    assert said in str(contradiction(failing() | {"reasons": invoices} | change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"started_at": "2026-11-21T10:03:00Z"}, "ended before it began"),
        ({"finished_at": "yesterday"}, "its times are none"),
        ({"finished_at": "2026-11-21T10:02:15"}, "its times are none"),
    ],
)
def test_times(change: dict[str, Any], said: str) -> None:
    """Times are certain moments, in their order."""
    assert said in str(contradiction(passing() | change))


def test_a_moment() -> None:
    """A moment is the same in every notation."""
    assert moment({"at": "2026-11-21T10:02:15.500Z"}, "at") == moment({"at": "2026-11-21T19:02:15.5+09:00"}, "at")
