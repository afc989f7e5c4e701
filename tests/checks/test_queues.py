"""A queue is judged by its counts."""

from typing import Any

import pytest

from smoke.checks.queues import checks
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    NOW,
    Answer,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)

LIMITS = {"max_waiting": 100, "max_oldest_s": 30, "max_failed": 0}
FINE = {"waiting": 3, "failed": 7, "failedSince": 0, "oldestWaitingSeconds": 2}
DEPLOYED = Release(deployed_at=NOW - 60)


def report(queue: Any, status: int = 200) -> Exchange:
    """Return a report whose status word is hard-wired."""
    return json_answer({"status": "ok", "queues": {"exports": queue}}, status)


def judged(given: Answer, release: Release = DEPLOYED, **keys: Any) -> Judgement:
    """Make the check of one queue."""
    queue = {"path": "/health/queues", "at": "queues.exports", "failed_since": "failedSince", "limits": LIMITS, **keys}
    environment = environment_of(queues={"exports": queue})
    (check,) = checks(environment, release)
    assert check.id == "queue/exports"
    return concluded(check, world_of({"https://api.test/health/queues": given}, environment))


def test_within_limits() -> None:
    """Counts within the limits pass, old failures notwithstanding, and are kept as facts."""
    found = judged(report(FINE))

    assert found.outcome is Outcome.PASSED
    assert {"waiting": 3, "failed": 0, "oldest_s": 2}.items() <= found.facts.items()


@pytest.mark.parametrize(
    ("path", "release", "asked"),
    [
        ("/q", DEPLOYED, f"/q?since={int(NOW - 60) * 1000}"),
        ("/q?all=1", DEPLOYED, f"/q?all=1&since={int(NOW - 60) * 1000}"),
        ("/q/{since}", DEPLOYED, f"/q/{int(NOW - 60) * 1000}"),
        ("/q", Release(), "/q"),
    ],
)
def test_asks_for_failures_since_the_deploy(path: str, release: Release, asked: str) -> None:
    """The start of the deploy goes along in epoch milliseconds, where it is known."""
    queue = {"path": path, "at": "queues.exports", "failed_since": "failedSince"}
    environment = environment_of(queues={"exports": queue})
    (check,) = checks(environment, release)
    world = world_of({}, environment)

    concluded(check, world)

    assert isinstance(world.http, FakeHttp)
    assert world.http.asked[0].url == f"https://api.test{asked}"


@pytest.mark.parametrize(
    ("exchange", "signature"),
    [
        (report({**FINE, "waiting": 101}), "too many jobs are waiting"),
        (report({**FINE, "oldestWaitingSeconds": 31}), "the oldest job has waited too long"),
        (report({**FINE, "failedSince": 1}), "too many jobs have failed"),
        (report({**FINE, "paused": True}), "the queue is paused"),
        (report({"error": "connect ECONNREFUSED"}), "the queue reports an error"),
        (report(None), "nothing at queues.exports"),
        (json_answer({"status": "ok", "queues": {}}), "nothing at queues.exports"),
        (json_answer({"status": "down"}, 503), "HTTP 503 with nothing at queues.exports"),
        (html("<h1>Queues</h1>"), "HTML instead of JSON"),
        (answer(""), "an empty body instead of JSON"),
        (answer("{"), "invalid JSON"),
        (answer("", 401), "HTTP 401"),
        (answer("", 404), "HTTP 404"),
        (answer("", 500), "HTTP 500"),
        (answer("no healthy upstream", 503), "HTTP 503"),
        (html("<h1>Service unavailable</h1>", 503), "HTTP 503"),
        (failing(FailureKind.TIMEOUT), "timeout"),
    ],
)
def test_beyond_limits(exchange: Exchange, signature: str) -> None:
    """Counts beyond a limit, an unreadable queue or no report fail, whatever the status word says."""
    found = judged(exchange)

    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, signature)


@pytest.mark.parametrize(
    ("exchange", "limits", "signature"),
    [
        (report({"failedSince": 0}), LIMITS, "no count of waiting jobs"),
        (report({"waiting": 0, "failed": 0}), LIMITS, "no count of failed jobs"),
        (report({"waiting": 1}), {"max_oldest_s": 30}, "no age of the oldest job"),
    ],
)
def test_what_is_not_told(exchange: Exchange, limits: dict[str, Any], signature: str) -> None:
    """A limit for what the report never told condemns nobody, and is not passed over; a baseline may know better."""
    found = judged(exchange, limits=limits)

    assert (found.outcome, found.cause, found.facts["signature"]) == (Outcome.UNDECIDED, Cause.SUITE, signature)
    assert found.facts["unreported"]
    assert "correct the limits" in found.message


def test_an_age_that_is_not_told() -> None:
    """Beside another limit the age alone is only missed."""
    found = judged(report({"waiting": 1, "failedSince": 0}))

    assert (found.outcome, "so it was not judged" in found.facts["noted"]) == (Outcome.PASSED, True)


MAPPED = {"emails": {"active": 0, "waiting": 3, "failed": 1}, "sync": {"waiting": 2, "oldestSeconds": 4}}
LISTED = [{"name": "emails", "healthy": True, "stats": {"waiting": 1, "failed": 0, "paused": False}}]


@pytest.mark.parametrize(
    ("told", "outcome", "signature"),
    [
        ({"status": "ok", "queues": MAPPED}, Outcome.PASSED, None),
        (
            {"status": "healthy", "redis": {"connected": True}, "queues": LISTED, "summary": {"total": 1}},
            Outcome.PASSED,
            None,
        ),
        ({"status": "ok", "queue_depths": {"emails": 3, "sync": 0}}, Outcome.PASSED, None),
        ({"status": "ok", "at": 1_800_000_000, "whmcs": {"waitingCount": 0, "pending": 1}}, Outcome.PASSED, None),
        ({"queues": {**MAPPED, "pdf": {"waiting": 900}}}, Outcome.FAILED, "too many jobs are waiting"),
        (
            {"queues": {**MAPPED, "pdf": {"waiting": 1, "oldestSeconds": 90}}},
            Outcome.FAILED,
            "the oldest job has waited too long",
        ),
        (
            {"queues": {**MAPPED, "pdf": {"error": "connect ECONNREFUSED"}}},
            Outcome.FAILED,
            "the queue reports an error",
        ),
        ({"queues": {**MAPPED, "pdf": {"waiting": 0, "paused": True}}}, Outcome.FAILED, "the queue is paused"),
        ({"queue_depths": {"emails": 3, "sync": 900}}, Outcome.FAILED, "too many jobs are waiting"),
        ({"status": "ok"}, Outcome.UNDECIDED, "no queue at queues || queue_depths || @"),
        ({"status": "ok", "at": 1_800_000_000}, Outcome.UNDECIDED, "no queue at queues || queue_depths || @"),
    ],
)
def test_every_queue(told: Any, outcome: Outcome, signature: str | None) -> None:
    """Whatever the queues are called, each keeps within the limits; where none is told nothing was verified."""
    place: dict[str, Any] = {"at": "queues || queue_depths || @", "every": True, "failed_since": None}
    found = judged(json_answer(told), limits={"max_waiting": 100, "max_oldest_s": 30}, **place)

    assert (found.outcome, found.facts.get("signature")) == (outcome, signature)


def test_another_queue_is_bad() -> None:
    """A 207 or 503 that another queue caused says nothing against this one."""
    assert judged(report(FINE, 207)).outcome is Outcome.PASSED
    assert judged(report(FINE, 503)).outcome is Outcome.PASSED


def test_may_be_paused() -> None:
    """A queue that may be paused may be paused."""
    assert judged(report({**FINE, "paused": True}), limits={**LIMITS, "paused": True}).outcome is Outcome.PASSED


def test_empty_queue_has_no_age() -> None:
    """An empty queue need not tell an age."""
    assert judged(report({"waiting": 0, "failedSince": 0})).outcome is Outcome.PASSED


def test_start_of_the_deploy_unknown() -> None:
    """Where the deploy's start is not known, failures are not judged, and that is noted."""
    found = judged(report({**FINE, "failed": 500}), Release())

    assert found.outcome is Outcome.PASSED
    assert "start is not known" in found.facts["noted"]


def test_total_of_failures() -> None:
    """Where failures since a moment are not told, the limit is for all of them."""
    assert judged(report(FINE), failed_since=None).facts["signature"] == "too many jobs have failed"


def shrinking(oldest_s: float) -> Answer:
    """Report a backlog: twelve looks at one depth, then less."""
    deep = report({**FINE, "waiting": 480, "oldestWaitingSeconds": oldest_s})
    less = report({**FINE, "waiting": 430, "oldestWaitingSeconds": oldest_s})
    return in_turn(*[deep] * 12, *[less] * 99)


def test_backlog_from_before_the_deploy() -> None:
    """A shrinking backlog whose oldest job is older than the deploy was there before it."""
    found = judged(shrinking(oldest_s=300), limits={"max_waiting": 100})

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.PREEXISTING)
    assert "430 waiting, falling from 480" in found.message


def test_shrinking_backlog() -> None:
    """A shrinking backlog of unknown origin is undecided: its worker works."""
    found = judged(shrinking(oldest_s=10), limits={"max_waiting": 100})

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)


def test_growing_backlog() -> None:
    """A backlog that does not shrink fails."""
    found = judged(report({**FINE, "waiting": 480}), limits={"max_waiting": 100})

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert "480 waiting" in found.message
