"""Metrics are collected while every target of a job is up and there are enough of them."""

from collections.abc import Sequence
from typing import Any

import pytest

from smoke.checks.targets import checks
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    Answer,
    concluded,
    environment_of,
    in_turn,
    json_answer,
    world_of,
)
from tests.checks.unheard import UNHEARD, assert_undecided

API = "https://prometheus.test/api/v1/targets"
REFUSED = 'Get "http://10.0.0.2:9100/metrics": dial tcp 10.0.0.2:9100: connect: connection refused'


def listing(healths: Sequence[str], job: str = "api", error: str = REFUSED) -> Exchange:
    """Return a list of targets with these states; another job's down target is among them."""
    targets = [target("other", "down", 99, ""), *(target(job, one, place, error) for place, one in enumerate(healths))]
    return json_answer({"status": "success", "data": {"activeTargets": targets, "droppedTargets": []}})


def target(job: str, health: str, place: int, error: str) -> dict[str, Any]:
    """Return one target as Prometheus lists it."""
    return {
        "labels": {"job": job, "instance": f"10.0.0.{place}:9100"},
        "scrapePool": job,
        "scrapeUrl": f"http://10.0.0.{place}:9100/metrics",
        "lastError": error if health == "down" else "",
        "health": health,
    }


def judged(reply: Answer, **more: Any) -> Judgement:
    """Judge what Prometheus lists, of three targets that are due."""
    described = environment_of(
        monitoring={"prometheus": {"url": "https://prometheus.test"}},
        targets={"api": {"job": "api", "at_least": 3, "within_s": 30}},
    )
    return concluded(next(iter(checks(described, Release()))), world_of({API: reply}, described, **more))


def test_all_up() -> None:
    """Three of three are scraped; another job's trouble is not ours."""
    found = judged(listing(["up", "up", "up"]))
    assert (found.outcome, found.message) == (Outcome.PASSED, "3 of 3 targets are up")


def test_one_down() -> None:
    """A target that cannot be scraped is named, with Prometheus's own reason."""
    found = judged(listing(["up", "up", "down"]))

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message.startswith("2 of 3 targets are up, expected every target up, at least 3; 10.0.0.2:9100: Get")


def test_too_few() -> None:
    """A replica that nobody scrapes is missing."""
    assert judged(listing(["up", "up"])).outcome is Outcome.FAILED


def test_a_new_replica_is_waited_for() -> None:
    """A target that was not scraped yet, and an old one that is not forgotten yet, get their time."""
    found = judged(in_turn(listing(["up", "up", "unknown", "down"]), listing(["up", "up", "up"])))
    assert found.outcome is Outcome.PASSED


def test_a_target_that_is_not_scraped_yet() -> None:
    """Where nothing was scraped in time, nothing is known."""
    found = judged(listing(["up", "up", "unknown"]))
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)


def test_a_job_without_targets() -> None:
    """A job that Prometheus never had may be misspelt; one that it had before the deploy was lost."""
    found = judged(listing([]))
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)

    then = Before(Outcome.PASSED, measured={"up": 3})
    assert judged(listing([]), before=lambda _: then).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("reply", "cause", "said"),
    [
        *UNHEARD,
        (json_answer({"status": "success", "data": {}}), Cause.DEPENDENCY, "no activeTargets"),
        (json_answer([]), Cause.DEPENDENCY, "nothing that it says itself"),
    ],
)
def test_a_prometheus_that_cannot_be_asked(reply: Exchange, cause: Cause, said: str) -> None:
    """Whatever keeps Prometheus from telling is never the release's fault, and never green."""
    assert_undecided(judged(reply), cause, said)
