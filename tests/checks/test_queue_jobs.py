"""A job must go through the queue from end to end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from smoke.checks._world import World
from smoke.checks.queue_jobs import checks
from smoke.errors import LoginRefused, WriteRefused
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.exports import Exports
from tests.checks.fake_world import (
    NOW,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    json_answer,
    world_of,
)

JOB: dict[str, Any] = {
    "path": "/exports",
    "body": {"kind": "smoke", "note": "by {unique}"},
    "status_path": "/exports/{id}",
    "cleanup_path": "/exports/{id}",
    "deadline_s": 6,
}
WRITES = [{"name": "exports-job", "methods": ["POST", "DELETE"], "path": "/exports*"}]


def judged(exports: Exports, budget_s: float = 120.0, writes: Any = WRITES, **keys: Any) -> tuple[Judgement, World]:
    """Send jobs through *exports*."""
    queue = {"path": "/health/queues", "at": "queues.exports", "job": {**JOB, **keys}}
    environment = environment_of(queues={"exports": queue}, writes=writes)
    (check,) = checks(environment, Release(deployed_at=NOW - 60))
    assert check.id == "queue-job/exports"
    world = world_of(exports.routes(), environment, budget_s=budget_s)
    return concluded(check, world), world


def test_goes_through() -> None:
    """A job that is done in time passes, its duration is told, and it is removed."""
    exports = Exports()

    found, _ = judged(exports)

    assert found.outcome is Outcome.PASSED
    assert 0 < found.facts["took_s"] < 6
    assert exports.removed == ["https://api.test/exports/job%201"]


def test_writes_are_named_and_unique() -> None:
    """Both writes name the entry that allows them; each job carries data of its own."""
    exports = Exports(end="failed")

    _, world = judged(exports)

    assert isinstance(world.http, FakeHttp)
    writes = [one.write for one in world.http.asked if one.method != "GET"]
    assert writes == ["exports-job"] * 4
    notes = {one.json["note"] for one in exports.submitted}
    assert len(notes) == 2
    assert all(note.startswith("by smokegate-") for note in notes)


def test_deaf_worker() -> None:
    """A job that stays queued until its deadline, twice, fails; both are removed."""
    exports = Exports(looks=10**6)

    found, _ = judged(exports)

    assert (found.outcome, found.message) == (Outcome.FAILED, "the job is still 'queued' after 6 s")
    assert len(exports.removed) == 2


@pytest.mark.parametrize(
    ("depths", "oldest_s", "outcome", "cause"),
    [
        ((0, 1), 5, Outcome.FAILED, None),
        ((40, 60), 300, Outcome.FAILED, None),
        ((480, 430), 5, Outcome.UNDECIDED, Cause.RELEASE),
        ((480, 430), 300, Outcome.UNDECIDED, Cause.PREEXISTING),
    ],
)
def test_backlog(depths: tuple[int, ...], oldest_s: float, outcome: Outcome, cause: Cause | None) -> None:
    """A late job behind a backlog that shrinks does not condemn; one older than the deploy was there before it."""
    found, _ = judged(Exports(looks=10**6, depths=depths, oldest_s=oldest_s))

    assert (found.outcome, found.cause) == (outcome, cause)
    assert found.facts["depths"] == list(depths)


def test_failed_job() -> None:
    """A job that ends as failed fails at once."""
    found, _ = judged(Exports(end="failed"))

    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, "the job ended as 'failed'")


@pytest.mark.parametrize(
    ("exports", "through"),
    [(Exports(end="failed"), ["worker"]), (Exports(submit=lambda _: answer("", 500)), None), (Exports(), ["worker"])],
)
def test_what_the_job_passed_through(exports: Exports, through: list[str] | None) -> None:
    """Of a job that was taken, who works through the queue may be at fault too; of one that was not, he is not."""
    queue = {"service": "worker", "path": "/health/queues", "at": "queues.exports", "job": JOB}
    services = {"bff": {"url": "https://api.test"}, "worker": {"url": "https://worker.test"}}
    environment = environment_of(services=services, queues={"exports": queue}, writes=WRITES)
    (check,) = checks(environment, Release())

    assert concluded(check, world_of(exports.routes(), environment)).facts.get("through") == through


def test_slow_once() -> None:
    """One job of three that did not get through is noted."""
    exports = Exports(
        submit=lambda number: json_answer({"id": f"job {number}"}, 202) if number > 1 else answer("", 500)
    )

    found, _ = judged(exports)

    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"].startswith("1 of 3 jobs did not get through")


def of_each(*jobs: Exchange | None) -> Callable[[int], Exchange]:
    """Return what the submissions get; None is a job that is taken."""
    return lambda number: jobs[number - 1] or json_answer({"id": f"job {number}"}, 202)


RESET, BROKEN = failing(FailureKind.RESET), answer("", 500)


@pytest.mark.parametrize(
    ("jobs", "outcome"),
    [
        ((RESET, None), Outcome.PASSED),
        ((BROKEN, None, RESET), Outcome.UNDECIDED),
        ((RESET, BROKEN, None), Outcome.UNDECIDED),
        ((BROKEN, RESET, None), Outcome.UNDECIDED),
        ((RESET, BROKEN, BROKEN), Outcome.FAILED),
        ((BROKEN, RESET, BROKEN), Outcome.FAILED),
        ((BROKEN, None, BROKEN), Outcome.FAILED),
        ((RESET, RESET), Outcome.FAILED),
    ],
)
def test_one_lost_connection_condemns_nothing(jobs: tuple[Exchange | None, ...], outcome: Outcome) -> None:
    """A lone reset, on whichever job, neither condemns nor completes a majority; two are no chance."""
    exports = Exports(submit=of_each(*jobs))

    found, _ = judged(exports)

    assert found.outcome is outcome
    assert len(exports.submitted) == len(jobs)


def starved(exports: Exports, before: Before | None = None, oversleeps: float = 1.0) -> Judgement:
    """Send jobs from a machine whose every pause takes longer than it should."""
    queue = {"path": "/health/queues", "at": "queues.exports", "job": JOB}
    environment = environment_of(queues={"exports": queue}, writes=WRITES)
    (check,) = checks(environment, Release(deployed_at=NOW - 60))
    world = world_of(exports.routes(), environment, before=lambda _id: before)

    async def pause(seconds: float) -> None:
        await world.http.clock.pause(oversleeps * seconds)  # type: ignore[attr-defined]

    return concluded(check, replace(world, pause=pause))


def test_our_own_delay_is_not_the_jobs() -> None:
    """A machine that is too busy to look as often as it should looks on for as long as it was late."""
    assert starved(Exports(looks=4), oversleeps=9.0).outcome is Outcome.PASSED
    assert starved(Exports(looks=10**6), oversleeps=9.0).outcome is Outcome.FAILED


def test_as_slow_as_before_the_deploy() -> None:
    """What took most of its deadline before may take longer now; a quick one may not."""
    slow, quick = (Before(Outcome.PASSED, measured={"took_s": took_s}) for took_s in (5.0, 0.5))
    assert starved(Exports(looks=26), slow).outcome is Outcome.PASSED
    assert starved(Exports(looks=36), quick).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (answer("", 500), "HTTP 500"),
        (answer("", 401), "HTTP 401"),
        (answer("", 404), "HTTP 404"),
        (html("<h1>Maintenance</h1>"), "HTML instead of JSON"),
        (json_answer({}, 202), "no id"),
        (json_answer({"id": ""}, 202), "no id"),
        (json_answer({"id": True}, 202), "no id"),
        (answer("", 202), "an empty body"),
        (answer("{", 202), "invalid JSON"),
        (failing(FailureKind.RESET), "connection reset"),
    ],
)
def test_not_accepted(exchange: Exchange, said: str) -> None:
    """A submission without a job's id in the answer fails."""
    found, _ = judged(Exports(submit=lambda _: exchange))

    assert found.outcome is Outcome.FAILED
    assert said in found.message


def test_hiccups_while_waiting() -> None:
    """Looks that fail on the way do not matter, if the job gets done: this is waiting, not measuring."""
    hiccups = {1: failing(FailureKind.RESET), 2: answer("", 502), 3: html("<h1>?</h1>")}

    found, _ = judged(Exports(looks=5, status=hiccups.get))

    assert found.outcome is Outcome.PASSED


@pytest.mark.parametrize("exchange", [answer("", 404), answer("", 500), json_answer({"state": "x"}), json_answer([])])
def test_state_never_told(exchange: Exchange) -> None:
    """A job whose state is never told fails at its deadline."""
    found, _ = judged(Exports(status=lambda _: exchange))

    assert found.outcome is Outcome.FAILED
    assert "could not be read within 6 s" in found.message


def test_clean_up_fails() -> None:
    """A job that cannot be removed is noted, not judged."""
    found, _ = judged(Exports(removal=answer("", 500)))

    assert found.outcome is Outcome.PASSED
    assert "could not be removed" in found.facts["noted"]


def test_already_gone() -> None:
    """A job that removed itself is fine."""
    found, _ = judged(Exports(removal=answer("", 404)))

    assert "noted" not in found.facts


def test_clean_up_not_allowed() -> None:
    """Where only the submission is allowed, what stays behind is noted."""
    exports = Exports()

    found, _ = judged(exports, writes=[{"name": "exports-job", "methods": ["POST"], "path": "/exports"}])

    assert "not allowed" in found.facts["noted"]
    assert exports.removed == []


def test_not_allowed() -> None:
    """Where the environment allows no such write, nothing is sent and the check is waived."""
    exports = Exports()

    found, _ = judged(exports, writes=[])

    assert (found.outcome, found.facts["waived"]) == (Outcome.SKIPPED, "not allowed by the environment file")
    assert exports.submitted == []


def test_budget_ends_first() -> None:
    """A deadline that the run's budget cuts short decides nothing."""
    found, _ = judged(Exports(looks=10**6), budget_s=3.0)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)


def test_no_session() -> None:
    """A role without a session leaves the check undecided and sends nothing."""

    async def refuse(role: str) -> Any:
        raise LoginRefused("refused", facts={"role": role})

    queue = {"path": "/health/queues", "at": "queues.exports", "job": {**JOB, "role": None}}
    environment = environment_of(queues={"exports": queue}, writes=WRITES)
    (check,) = checks(environment, Release())
    job = check.job.model_copy(update={"role": "customer"})  # type: ignore[attr-defined]
    object.__setattr__(check, "job", job)

    assert concluded(check, world_of({}, environment, session=refuse)).outcome is Outcome.UNDECIDED


def test_guard_refuses() -> None:
    """A write that the guard refuses is an obstacle of ours, never the target's failure."""

    def guard(_number: int) -> Exchange:
        raise WriteRefused("POST is not allowed")

    found, _ = judged(Exports(submit=guard))

    assert (found.outcome, found.message) == (Outcome.UNDECIDED, "POST is not allowed")


def test_waits_behind_a_backlog_from_before_the_deploy() -> None:
    """Behind a backlog that gets shorter a job is waited for as its pace tells, and passes with a note."""
    exports = Exports(looks=35, depths=(60, 40), oldest_s=300)
    queue = {"path": "/health/queues", "at": "queues.exports", "job": JOB}
    environment = environment_of(queues={"exports": queue}, writes=WRITES)
    (check,) = checks(environment, Release(deployed_at=NOW - 60))
    world = world_of(exports.routes(), environment, before=lambda _id: Before(Outcome.UNDECIDED))

    found = concluded(check, world)

    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"].endswith("60 waited before, 40 then; it was there before the deploy")
    assert found.facts["took_s"] > 6
    assert len(exports.removed) == 1


def test_waits_no_longer_than_the_budget_allows() -> None:
    """A backlog that takes too long is not waited for."""
    exports = Exports(looks=10**6, depths=(5000, 4990), oldest_s=300)
    queue = {"path": "/health/queues", "at": "queues.exports", "job": JOB}
    environment = environment_of(queues={"exports": queue}, writes=WRITES)
    (check,) = checks(environment, Release(deployed_at=NOW - 60))
    world = world_of(exports.routes(), environment, before=lambda _id: Before(Outcome.UNDECIDED))

    found = concluded(check, world)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.PREEXISTING)
