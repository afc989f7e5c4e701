"""Work on a schedule is carried out once at every tick."""

from collections.abc import Callable
from typing import Any

import pytest

from smoke.checks.schedules import BEYOND, checks
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    Clock,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    json_answer,
    world_of,
)

Doers = Callable[[int], list[str]]


def once(_tick: int) -> list[str]:
    """Let one replica do the work."""
    return ["a"]


def audit(clock: Clock, doers: Doers, every_s: float) -> Callable[[Request], Exchange]:
    """Return an audit endpoint: at each tick, those that *doers* name carry the work out."""

    def give(_request: Request) -> Exchange:
        ticks = range(-3, int(clock.elapsed_s // every_s) + 1)
        runs = [{"key": f"reminders:{tick}", "replica": by} for tick in ticks for by in doers(tick)]
        return json_answer({"runs": runs})

    return give


def judged(
    doers: Doers = once, given: Exchange | None = None, budget_s: float = 300.0, every_s: float = 60, **keys: Any
) -> Judgement:
    """Make the check of one schedule."""
    schedule = {"path": "/audit", "at": "runs", "by": "replica", "every_s": every_s, **keys}
    environment = environment_of(schedules={"reminders": schedule})
    (check,) = checks(environment, Release())
    clock = Clock(elapsed_s=10)
    http = FakeHttp({"https://api.test/audit": given or audit(clock, doers, 60)}, clock, takes_s=0.1)
    world = world_of(
        {},
        environment,
        http=http,
        now=clock.now,
        pause=clock.pause,
        remaining_s=lambda: budget_s - clock.elapsed_s,
    )
    return concluded(check, world)


def test_once_each() -> None:
    """A tick that is carried out once passes, and is told for the baseline."""
    found = judged()
    assert found.outcome is Outcome.PASSED
    assert found.facts["measured"] == {"ticks": 1, "most_executions": 1}


def test_every_replica_does_it() -> None:
    """A tick that three replicas carry out fails, and the message names them."""
    found = judged(lambda tick: ["a", "b", "c"] if tick > 0 else ["a"])
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message == '"reminders:2" was carried out 3 times, by a, b, c'
    assert found.facts["signature"] == "ticks are carried out more than once"


def test_two_of_three() -> None:
    """Twice is once too often."""
    assert judged(lambda tick: ["a", "b"] if tick > 0 else ["a"]).outcome is Outcome.FAILED


def test_what_was_done_twice_before_is_not_counted() -> None:
    """Executions that were there before the first look are the past's."""
    assert judged(lambda tick: ["a", "b"] if tick <= 0 else ["a"]).outcome is Outcome.PASSED


def test_the_first_tick_only() -> None:
    """A tick done twice while the roll-out ended, and right from then on, is noted."""
    found = judged(lambda tick: ["a", "b"] if tick == 1 else ["a"])
    assert found.outcome is Outcome.PASSED
    assert "was carried out 2 times" in found.facts["noted"]


def test_nothing_ticks() -> None:
    """A schedule that has stopped fails."""
    found = judged(lambda tick: ["a"] if tick <= 0 else [])
    assert (found.outcome, found.message) == (Outcome.FAILED, "no tick was carried out within 90 s")


def test_a_tick_beyond_the_budget() -> None:
    """A tick that cannot be waited for is waived, with the reason."""
    found = judged(budget_s=90, every_s=3600)
    assert (found.outcome, found.facts["waived"]) == (Outcome.SKIPPED, BEYOND)


def test_a_budget_that_others_used_up() -> None:
    """A tick that the whole budget would have had time for was not verified, whatever took the time."""
    found = judged(budget_s=30, every_s=20)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)


@pytest.mark.parametrize(
    "exchange",
    [
        answer("", 500),
        answer("", 404),
        answer("", 401),
        html("<h1>hello</h1>"),
        json_answer({"runs": "none"}),
        json_answer([]),
        answer("", 200),
        failing(FailureKind.RESET),
    ],
)
def test_unreadable(exchange: Exchange) -> None:
    """An audit that cannot be read fails with the reason."""
    found = judged(given=exchange)
    assert found.outcome is Outcome.FAILED
    assert found.message.startswith("the executions cannot be read: ")


@pytest.mark.parametrize("runs", [[1, None, "x"], [{"key": None}], [{"key": {"a": 1}}], [[]], []])
def test_strange_executions(runs: Any) -> None:
    """Executions without a key are none."""
    assert judged(given=json_answer({"runs": runs})).message == "no tick was carried out within 90 s"
