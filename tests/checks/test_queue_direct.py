"""A queue is judged by what its own server tells."""

from dataclasses import replace
from typing import Any

import pytest

from smoke.checks import queue_direct
from smoke.checks._check import Check
from smoke.checks.queue_direct import checks
from smoke.dependencies.postgres import NotRead
from smoke.dependencies.queue_state import QueueState
from smoke.errors import SecretMissing
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import NOW, concluded, environment_of, world_of

LIMITS = {"max_waiting": 100, "max_oldest_s": 30, "max_failed": 0, "max_stalled": 0}
FINE = QueueState(
    at=NOW,
    waiting=3,
    active=1,
    held=1,
    failed=7,
    failed_since=0,
    completed_since=9,
    stalled=0,
    oldest_s=2.0,
    paused=False,
    workers=2,
)
DEPLOYED = Release(deployed_at=NOW - 60)


def check(release: Release = DEPLOYED, **keys: Any) -> Check:
    """Return the check of one queue."""
    direct = {"kind": "bullmq", "url": {"env": "REDIS_URL"}, "workers": 1, **keys.pop("direct", {})}
    queue = {"service": "bff", "direct": direct, "limits": LIMITS, **keys}
    (made,) = checks(environment_of(queues={"exports": queue}), release)
    return made


def judged(
    monkeypatch: pytest.MonkeyPatch,
    *states: QueueState | NotRead,
    before: Before | None = None,
    release: Release = DEPLOYED,
    **keys: Any,
) -> Judgement:
    """Make the check while the server tells *states* one after the other, the last for ever."""
    told = list(states)

    async def read(_asking: object) -> QueueState | NotRead:
        return told.pop(0) if len(told) > 1 else told[0]

    monkeypatch.setattr(queue_direct, "read_queue", read)
    world = world_of({}, before=lambda _: before, secret=lambda _: "redis://queue.test")
    return concluded(check(release, **keys), world)


def test_which_check() -> None:
    """The service that works on the queue is at fault, and what its jobs need may excuse it."""
    made = check(depends_on=["salesforce"])

    assert (made.id, made.service, made.gating, made.depends_on) == (
        "queue-direct/exports",
        "bff",
        True,
        ("salesforce",),
    )
    assert not check(direct={"gating": False}).gating
    assert "REDIS_URL" in made.reproduce()
    assert "bull:exports:wait" in made.reproduce()


@pytest.mark.parametrize(
    ("direct", "command"),
    [
        ({"kind": "celery", "queue": "celery"}, "redis-cli -u \"$REDIS_URL\" LLEN 'celery'"),
        ({"kind": "bull", "prefix": "{shop}"}, "redis-cli -u \"$REDIS_URL\" LLEN '{shop}:exports:wait'"),
        ({"kind": "rabbitmq"}, 'curl "$REDIS_URL"/api/queues/%2F/exports'),
    ],
)
def test_reproduce(direct: dict[str, Any], command: str) -> None:
    """Each kind has a command that reads the queue by hand, with the variable in place of the address."""
    assert check(direct=direct, limits={}).reproduce() == command


def test_within_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers within the limits pass, old failures notwithstanding, and are kept as facts."""
    found = judged(monkeypatch, FINE)

    assert (found.outcome, found.message) == (
        Outcome.PASSED,
        "3 waiting, the oldest for 2 s, 1 active, 0 failed since the deploy, 2 workers",
    )
    assert found.facts["measured"] == {"waiting": 3, "active": 1, "failed": 7, "oldest_s": 2.0, "workers": 2}


@pytest.mark.parametrize(
    ("changed", "signature"),
    [
        ({"waiting": 101}, "too many jobs are waiting"),
        ({"oldest_s": 31.0}, "the oldest job has waited too long"),
        ({"failed_since": 1, "failed_jobs": ("send",)}, "too many jobs have failed"),
        ({"stalled": 1}, "too many jobs are stalled"),
        ({"paused": True}, "the queue is paused"),
        ({"workers": 0}, "too few workers are connected"),
        ({"trouble": "the queue is down"}, "the queue is down"),
    ],
)
def test_beyond_limits(monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], signature: str) -> None:
    """Each limit fails alone, on both looks."""
    found = judged(monkeypatch, replace(FINE, **changed))

    assert (found.outcome, found.cause, found.facts["signature"]) == (Outcome.FAILED, None, signature)


def test_all_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several faults are one finding that names them all, with the numbers."""
    found = judged(monkeypatch, replace(FINE, waiting=480, failed_since=4, failed_jobs=("send",)))

    assert found.message == (
        "too many jobs have failed; too many jobs are waiting: "
        "480 waiting, the oldest for 2 s, 1 active, 4 failed since the deploy (send), 2 workers"
    )


def test_wrong_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is well at the second look passes, and the first is noted."""
    found = judged(monkeypatch, replace(FINE, workers=0), FINE)

    assert (found.outcome, found.facts["noted"]) == (Outcome.PASSED, "at first too few workers are connected")


def test_may_be_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that may be paused may be paused."""
    assert judged(monkeypatch, replace(FINE, paused=True), limits={"paused": True}).outcome is Outcome.PASSED


def test_workers_that_cannot_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where clients are not listed, a job at work proves a worker; without one, nothing is proved."""
    unlisted = replace(FINE, workers=None, workers_untold="the server does not list its clients")

    working = judged(monkeypatch, unlisted)
    idle = judged(monkeypatch, replace(unlisted, held=0))

    assert (working.outcome, "were not counted" in working.facts["noted"]) == (Outcome.PASSED, True)
    assert (idle.outcome, idle.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    assert "does not list its clients" in idle.message


def test_a_worker_that_has_died(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that worked since the deploy and is connected no more is missing."""
    found = judged(monkeypatch, replace(FINE, workers=0))

    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, "too few workers are connected")


def test_one_of_two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer workers than promised fail, although one works."""
    found = judged(monkeypatch, replace(FINE, workers=1), direct={"workers": 2})

    assert found.facts["signature"] == "too few workers are connected"


def test_start_of_the_deploy_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the deploy's start, failures are not judged, and that is noted."""
    found = judged(monkeypatch, replace(FINE, failed_since=None, failed=500), release=Release())

    assert (found.outcome, "start is not known" in found.facts["noted"]) == (Outcome.PASSED, True)
    assert "500 failed in all" in found.message


def test_stalled_without_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stalled jobs and such as are due are noted where no limit is set."""
    found = judged(monkeypatch, replace(FINE, stalled=2, overdue=3), limits={})

    assert found.outcome is Outcome.PASSED
    assert "2 active jobs are held by no worker; 3 delayed jobs are due" in found.facts["noted"]


def test_what_should_be_known_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A remark about the server is noted beside a queue that is well."""
    assert judged(monkeypatch, replace(FINE, remark="jobs may go")).facts["noted"] == "jobs may go"


def backlog(waiting: int, at: float, oldest_s: float = 10.0) -> QueueState:
    """Return a queue with a backlog."""
    return replace(FINE, waiting=waiting, at=at, oldest_s=oldest_s)


def test_shrinking_backlog(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backlog that shrinks condemns nobody; where its oldest job is older than the deploy, it is an old one."""
    new = judged(monkeypatch, backlog(480, NOW), backlog(430, NOW + 3))
    old = judged(monkeypatch, backlog(480, NOW, 300), backlog(430, NOW + 3, 300))

    assert (new.outcome, new.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert (old.outcome, old.cause) == (Outcome.UNDECIDED, Cause.PREEXISTING)
    assert "falling from 480" in old.message


def test_growing_backlog(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backlog that does not shrink fails."""
    assert judged(monkeypatch, backlog(480, NOW), backlog(490, NOW + 3)).outcome is Outcome.FAILED


ABSENT = QueueState(at=NOW, waiting=0, exists=False, workers=0)
BEFORE = Before(Outcome.PASSED)


def test_nothing_of_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no key is, our address may be wrong; where there were keys before the deploy, the release lost them."""
    never = judged(monkeypatch, ABSENT)
    lost = judged(monkeypatch, ABSENT, before=BEFORE)

    assert (never.outcome, never.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert (lost.outcome, lost.cause) == (Outcome.FAILED, None)
    assert judged(monkeypatch, replace(ABSENT, workers=1)).outcome is Outcome.PASSED


@pytest.mark.parametrize("cause", [Cause.RUNNER, Cause.CREDENTIALS, Cause.SUITE, Cause.DEPENDENCY])
def test_a_server_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, cause: Cause) -> None:
    """A server that cannot be read never makes the release fail, and says whom to ask."""
    found = judged(monkeypatch, NotRead("connection refused", cause))

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, cause)


def test_a_server_that_was_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was read before the deploy and is out of reach now is down, which is still no proof of more."""
    found = judged(monkeypatch, NotRead("connection refused", Cause.RUNNER), before=BEFORE)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.DEPENDENCY)
    assert "before the deploy it was read" in found.message


def test_missing_secret() -> None:
    """Without its address the check is undecided."""

    def missing(_reference: object) -> str:
        raise SecretMissing("set REDIS_URL")

    found = concluded(check(), world_of({}, secret=missing))

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
