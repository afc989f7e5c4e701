"""A burst of parallel requests is told from requests one by one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from smoke.checks._check import Observation
from smoke.checks.burst import ALONE, checks
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import FakeHttp, answer, concluded, environment_of, failing, html, json_answer, world_of

URL = "https://api.test/items"
GOOD = json_answer({"items": []})
PARALLEL = 12

Serves = Callable[[int], Exchange]
"""The n-th answer of a round: the first three are asked for one by one, the rest at once."""


def environment(**read: Any) -> Environment:
    """Return an environment with one read that allows a burst."""
    return environment_of(reads=[{"name": "items", "path": "/items", "burst": PARALLEL, **read}])


def judged(serves: Serves, before: Before | None = None, **more: Any) -> tuple[Judgement, FakeHttp]:
    """Conclude the check of the only read."""
    count = iter(range(10**6))

    def give(_: Request) -> Exchange:
        return serves(next(count) % (ALONE + PARALLEL))

    described = more.pop("environment", environment())
    world = world_of({URL: give}, described, before=lambda _: before, **more)
    (check,) = checks(described, Release())
    return concluded(check, world), world.http  # type: ignore[return-value]


def together(bad: Exchange, how_many: int) -> Serves:
    """Return answers that are good one by one, and bad for so many at once."""
    return lambda number: bad if ALONE <= number < ALONE + how_many else GOOD


def test_identity() -> None:
    """Only a read that allows it has a burst."""
    (check,) = checks(environment(), Release())
    assert (check.id, check.stage, check.service) == ("burst/items", Stage.MONITORING, "bff")
    assert "seq 12" in check.reproduce()
    assert not list(checks(environment(burst=None), Release()))


def test_a_burst_that_is_answered_passes() -> None:
    """Three one by one, twelve at once, and something to compare with later."""
    judgement, http = judged(lambda _: GOOD)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message == "12 at once take 10 ms, one by one 10 ms (medians)"
    assert judgement.facts["measured"] == {"times_alone": 1.0}
    assert len(http.asked) == ALONE + PARALLEL


@pytest.mark.parametrize(
    "bad", [answer("", 500), failing(FailureKind.TIMEOUT), html("<p>hi"), answer("", 503), answer("", 200)]
)
def test_half_of_a_burst_that_fails_is_the_releases(bad: Exchange) -> None:
    """It fails again in a second burst."""
    judgement, _ = judged(together(bad, 6))
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message.startswith("12 at once: ")
    assert "in 6 of them; one by one they are answered in 10 ms" in judgement.message
    assert judgement.facts["explains"]
    assert judgement.facts["failed_share"] == 0.5


def test_one_failure_in_a_burst_is_no_fault() -> None:
    """Chance; the second burst is clean."""
    count = iter(range(10**6))
    judgement, _ = judged(lambda _: answer("", 502) if next(count) == 7 else GOOD)
    assert judgement.outcome is Outcome.PASSED


def test_what_fails_one_by_one_is_not_this_checks_matter() -> None:
    """The read has a check of its own."""
    judgement, _ = judged(lambda _: answer("", 500))
    assert (judgement.outcome, judgement.facts["blocked_by"]) == (Outcome.UNDECIDED, "read/items")


@pytest.mark.parametrize(
    ("before", "outcome"), [(None, Outcome.PASSED), (2.0, Outcome.FAILED), (120.0, Outcome.PASSED)]
)
def test_a_slow_burst_is_compared_with_before(before: float | None, outcome: Outcome) -> None:
    """Much slower than alone, and than a burst was before the deploy."""
    known = Before(Outcome.PASSED, measured={"times_alone": before}) if before else None
    slow = replace(GOOD, duration_s=2.0)
    judgement, _ = judged(lambda number: GOOD if number < ALONE else slow, known)
    assert judgement.outcome is outcome


def test_a_slower_burst_may_be_a_busy_machine() -> None:
    """Less than a second more is no fault, however many times as long."""
    known = Before(Outcome.PASSED, measured={"times_alone": 2.0})
    slow = replace(GOOD, duration_s=0.9)
    assert judged(lambda number: GOOD if number < ALONE else slow, known)[0].outcome is Outcome.PASSED


@pytest.mark.parametrize(("late_ms", "outcome"), [(0.0, Outcome.FAILED), (400.0, Outcome.PASSED)])
def test_a_verifier_that_starves_in_its_own_burst_condemns_nothing(late_ms: float, outcome: Outcome) -> None:
    """What this process was woken late by, while a dozen were under way, is not the service's."""
    (check,) = checks(environment(), Release())
    answers = (*[GOOD] * ALONE, *[replace(GOOD, duration_s=2.0)] * PARALLEL)
    seen = Observation(answers, {"before": 2.0, "own_ms": late_ms})
    assert check.judge([seen, seen]).outcome is outcome


def test_no_session_is_an_obstacle() -> None:
    """A burst for a role needs its session."""

    async def none(_: str) -> Any:
        raise SmokeError("no session")

    roles = {"customer": {"user": {"env": "U"}, "password": {"env": "P"}}}
    reads = [{"name": "items", "path": "/items", "burst": PARALLEL, "role": "customer"}]
    described = environment_of(reads=reads, roles=roles, login={"path": "/login"})
    assert judged(lambda _: GOOD, environment=described, session=none)[0].outcome is Outcome.UNDECIDED
