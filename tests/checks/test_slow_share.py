"""One slow replica among several that do not name themselves is told by how many answers are slow."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from smoke.checks._check import Observation
from smoke.checks._pace import Pace, Timed
from smoke.checks._slow_share import Counted, SlowShare
from smoke.checks.latency import LatencyCheck, checks
from smoke.environment import Environment
from smoke.environment.load import Latency
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import FakeHttp, answer, concluded, environment_of, json_answer, world_of

URL, CONTROL = "https://api.test/items", "https://control.test/"
MEASURED = {"median_ms": 20.0, "control_median_ms": 10.0, "slow": [0, 18]}

Takes = Callable[[int], float]
"""How many milliseconds the n-th answer takes."""


def environment(replicas: int = 2) -> Environment:
    """Return an environment whose replicas do not name themselves, with one timed read and a control host."""
    services = {"bff": {"url": "https://api.test", "replicas": replicas}}
    reads = [{"name": "items", "path": "/items", "timed": True}]
    return environment_of(services=services, reads=reads, control=[CONTROL])


def judged(
    takes: Takes, replicas: int = 2, measured: dict[str, Any] | None = None, control: Takes = lambda _: 10.0
) -> tuple[Judgement, int]:
    """Conclude the check of the only read; return how often it was asked as well."""
    described = environment(replicas)
    routes: Any = {URL: taking(takes, json_answer({"items": []})), CONTROL: taking(control, answer("ok"))}
    before = Before(Outcome.PASSED, measured=MEASURED if measured is None else measured)
    world = world_of(routes, described, before=lambda _: before)
    (check,) = checks(described, Release())
    http: FakeHttp = world.http  # type: ignore[assignment]
    judgement = concluded(check, world)
    return judgement, sum(1 for one in http.asked if one.url == URL)


def taking(takes: Takes, made: Exchange) -> Callable[[Request], Exchange]:
    """Answer with *made*, in the time that the count of answers says."""
    count = iter(range(10**6))
    return lambda _: replace(made, duration_s=takes(next(count)) / 1000)


def one_in(replicas: int, seed: int, slow_ms: float = 900.0) -> Takes:
    """Let a balancer choose by chance among replicas of which one is slow."""
    chance = Random(seed)
    return lambda _: slow_ms if chance.randrange(replicas) == 0 else 20.0


@pytest.mark.parametrize(("replicas", "at_least"), [(2, 25), (3, 20)])
def test_one_slow_replica(replicas: int, at_least: int) -> None:
    """
    Half or a third of slow answers fail, with the numbers, whatever the balancer does.

    One route meets one of three too seldom to be sure each time; but a slow replica is slow in every route.
    """
    found = [judged(one_in(replicas, seed), replicas) for seed in range(25)]
    failed = [one for one, _ in found if one.outcome is Outcome.FAILED]

    assert len(failed) >= at_least
    assert {one.cause for one in failed} == {Cause.RELEASE}
    assert max(asked for _, asked in found) <= 40
    by_count = [one for one in failed if "as if one" in one.message]
    said = f"as if one of {replicas} replicas were slow; 0 of 18 were before the deploy"
    assert by_count
    assert all(one.message.endswith(said) for one in by_count)
    assert {one.facts["signature"] for one in by_count} == {"some answers are slow"}


@pytest.mark.parametrize("replicas", [2, 3, 4])
def test_all_quick(replicas: int) -> None:
    """A clear case takes few samples, though more than where replicas name themselves."""
    found, asked = judged(lambda _: 25.0, replicas)

    assert found.outcome is Outcome.PASSED
    assert asked <= {2: 10, 3: 17, 4: 20}[replicas]
    assert "noted" not in found.facts


@pytest.mark.parametrize("seed", range(25))
def test_slow_by_chance(seed: int) -> None:
    """One slow answer in twenty is chance, and fails nothing."""
    assert judged(one_in(20, seed))[0].outcome is Outcome.PASSED


def test_slow_for_a_moment() -> None:
    """What the second look does not see is noted."""
    found, _ = judged(lambda number: 900.0 if 2 <= number < 16 and number % 2 else 20.0)

    assert found.outcome is Outcome.PASSED
    assert "slow at first, quick when looked at again" in found.facts["noted"]


@pytest.mark.parametrize(
    "measured",
    [
        {**MEASURED, "slow": [6, 18]},
        {"median_ms": 20.0},
        {**MEASURED, "slow": None},
        {**MEASURED, "slow": [1]},
        {**MEASURED, "slow": "18"},
        {**MEASURED, "slow": [5, 3]},
        {**MEASURED, "slow": [0, 1]},
        {},
    ],
)
def test_it_may_have_been_so(measured: dict[str, Any]) -> None:
    """As many slow answers before the deploy excuse those of now; so does a baseline that does not tell."""
    assert judged(lambda number: 900.0 if number % 3 == 1 else 20.0, measured=measured)[0].outcome is Outcome.PASSED


def test_five_replicas() -> None:
    """One of so many gives too few answers to be told from chance: nothing is asked for it."""
    found, asked = judged(lambda number: 900.0 if number % 5 == 4 else 20.0, 5)

    assert (found.outcome, asked) == (Outcome.PASSED, 5)


def test_the_network_stutters() -> None:
    """Where an unrelated host is slow now and then as well, it is not the release."""
    stutter = [20.0, 900.0]
    found, _ = judged(lambda number: stutter[number % 2] if number % 4 < 3 else 20.0, control=lambda n: stutter[n % 2])

    assert found.outcome is Outcome.PASSED


def test_this_machine_stutters() -> None:
    """An answer that came while this process slept is timed by the sleeper."""
    pace = Pace(Latency(), 2, before_ms=20.0, before=Counted(0, 18))
    times = [Timed(900.0) if number % 3 == 1 else Timed(20.0) for number in range(20)]
    check: LatencyCheck = next(iter(checks(environment(), Release())))
    late, awake = ([replace(one, own_ms=ms) for one in times] for ms in (300.0, 0.0))

    def both(seen: list[Timed]) -> Outcome:
        return check.judge([Observation(facts={"pace": pace, "times": tuple(seen), "control": ()})] * 2).outcome

    assert both(late) is Outcome.PASSED
    assert both(awake) is Outcome.FAILED


def test_what_a_baseline_measures() -> None:
    """Before the deploy all samples are taken, so that chance is known."""
    found, asked = judged(lambda number: 900.0 if number == 10 else 20.0, measured={})

    assert asked == 20
    assert found.facts["measured"] == {"median_ms": 20.0, "control_median_ms": 10.0, "slow": [1, 18]}


def test_the_arithmetic() -> None:
    """Eight quick answers clear one of two; a few slow ones condemn it only when they persist."""
    weighed = SlowShare(0.5, Counted(0, 18))

    assert weighed.ambient == 0.05
    assert [weighed.clear(Counted(0, number)) for number in (7, 8)] == [False, True]
    assert weighed.faulty([Counted(4, 8), Counted(4, 8)])
    assert not weighed.faulty([Counted(9, 18), Counted(0, 8)])
    assert not weighed.faulty([Counted(1, 8), Counted(1, 8)])
    assert not SlowShare(0.2, Counted(0, 18)).telling
    assert not SlowShare(0.5, Counted(8, 18)).telling
