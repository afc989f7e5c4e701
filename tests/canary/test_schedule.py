"""What is due, and when the canary stands aside."""

from typing import Any

import pytest

from smoke.canary.schedule import Known, due, missed, next_at, overlaps, stands_aside, watched
from smoke.environment.canary import Canary
from smoke.history.records import Deploy, Run, RunKind

CANARY = Canary()
START = 1_800_000_000.0
"""A start: a multiple of a quarter of an hour."""

LIVE = "9f1c2ab4d0e35f6a7b8c9d0e1f2a3b4c5d6e7f80"


def run(at: float) -> Run:
    """Return a run that began *at* seconds after the start."""
    return Run("r", "portal/prod", RunKind.SCHEDULED, START + at, START + at + 10, "sound", "pass")


def deploy(begun: float, ended: float | None = None, verdict: str | None = None, **given: Any) -> Deploy:
    """Return a deploy; times are seconds after the start."""
    ended_at = None if ended is None else START + ended
    return Deploy(1, "portal/prod", START + begun, LIVE if verdict else None, None, ended_at, verdict, **given)


DUE = [
    # what was never looked at is due at once
    (Known(), 5, RunKind.SCHEDULED),
    # then with every start
    (Known(run(2)), 899, None),
    (Known(run(2)), 900, RunKind.SCHEDULED),
    (Known(run(2)), 10_000, RunKind.SCHEDULED),
    # a release that passed is looked at after 5, 15 and 30 minutes
    (Known(run(2), deploy(60, 120, "pass")), 419, None),
    (Known(run(2), deploy(60, 120, "pass")), 420, RunKind.WATCHING),
    (Known(run(421), deploy(60, 120, "pass")), 899, None),
    (Known(run(901), deploy(60, 120, "pass")), 1020, RunKind.WATCHING),
    (Known(run(1801), deploy(60, 120, "pass")), 1920, RunKind.WATCHING),
    (Known(run(1921), deploy(60, 120, "pass")), 2690, None),
    # one that did not pass is not
    (Known(run(2), deploy(60, 120, "fail")), 420, None),
    (Known(run(2), deploy(60, 120)), 420, None),
]


@pytest.mark.parametrize(("known", "now", "expected"), DUE)
def test_due(known: Known, now: float, expected: RunKind | None) -> None:
    """A look is due with every start and after a pass; the next one is in time for it."""
    assert due(CANARY, known, START + now) is expected
    following = next_at(CANARY, known, START + now)
    assert (following == START + now) == (expected is not None)
    assert due(CANARY, known, following) is not None
    assert not any(
        due(CANARY, known, START + now + (following - START - now) * part / 10)
        for part in range(1, 9)
        if expected is None
    )


@pytest.mark.parametrize(("now", "expected"), [(899, 0), (905, 0), (1805, 1), (9000, 9)])
def test_missed(now: float, expected: int) -> None:
    """Starts that passed without a look are counted; the present one is not missed."""
    assert missed(CANARY, Known(run(2)), START + now) == expected
    assert missed(CANARY, Known(), START + now) == 0


@pytest.mark.parametrize(
    ("newest", "now", "expected"),
    [
        (None, 0, False),
        (deploy(0), 10, True),
        (deploy(0), 1799, True),
        (deploy(0), 1800, False),
        (deploy(0, 100, "pass"), 110, False),
        (deploy(0, 100), 110, False),
    ],
)
def test_standing_aside(newest: Deploy | None, now: float, expected: bool) -> None:
    """The canary stands aside while a deploy goes on, but not for one that was forgotten."""
    assert bool(stands_aside(CANARY, newest, START + now)) is expected


@pytest.mark.parametrize(
    ("newest", "began", "ended", "expected"),
    [
        (None, 0, 10, False),
        (deploy(5), 0, 10, True),
        (deploy(11), 0, 10, False),
        (deploy(-1000), 0, 10, True),
        (deploy(-2000), 0, 10, False),
        (deploy(-100, 5, "pass"), 0, 10, True),
        (deploy(-100, -5, "pass"), 0, 10, False),
        # one that was only seen, or given up, disturbs nothing
        (deploy(5, 5), 0, 10, False),
    ],
)
def test_overlaps(newest: Deploy | None, began: float, ended: float, expected: bool) -> None:
    """A run during which a deploy began or went on is not to be counted."""
    assert overlaps(CANARY, newest, START + began, START + ended) is expected


def test_under_watch() -> None:
    """A release that passed is under watch until its last look, and one interval more for a second failure."""
    release = watched(CANARY, deploy(0, 100, "pass"))
    assert release is not None
    assert (release.commit, release.until) == (LIVE, START + 100 + 1800 + 900)
    for other in (None, deploy(0), deploy(0, 100, "fail"), deploy(0, 100)):
        assert watched(CANARY, other) is None
