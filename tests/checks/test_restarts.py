"""Processes were started by the deploy and keep running."""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from smoke.checks._uptime import Start, newcomers, restarted
from smoke.checks.restarts import RestartsCheck, checks
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import (
    NOW,
    Answer,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    html,
    in_turn,
    json_answer,
    world_of,
)

URL = "https://api.test/health"


def environment(replicas: int = 3, named: bool = True) -> Environment:  # noqa: FBT002
    """Return an environment whose bff tells its uptime."""
    service = {"url": "https://api.test", "replicas": replicas, "uptime": {"path": "/health"}}
    return environment_of(services={"bff": {**service, **({"replica_header": "x-replica"} if named else {})}})


class Processes:
    """Processes with a start each, in seconds after the run began; the k-th answer comes from the k-th of them."""

    def __init__(self, *starts: float | Callable[[float], float], named: bool = True) -> None:
        self.starts, self.named, self.count = starts, named, 0
        self.http: FakeHttp | None = None

    def __call__(self, _: Request) -> Exchange:
        """Answer with the uptime of the process whose turn it is."""
        assert self.http is not None
        place = self.count % len(self.starts)
        self.count += 1
        start = self.starts[place]
        now = self.http.clock.elapsed_s
        began = start(now) if callable(start) else start
        return json_answer({"uptime": now - began}, headers={"x-replica": "abc"[place]} if self.named else {})


def judged(made: Answer, described: Environment | None = None, deployed_s: float | None = None) -> Judgement:
    """Conclude the check; *deployed_s* is the deploy's start in seconds after the run began."""
    described = described or environment()
    release = Release(deployed_at=None if deployed_s is None else NOW + deployed_s)
    world = world_of({URL: made}, described, release)
    if isinstance(made, Processes):
        made.http = world.http  # type: ignore[assignment]
    return concluded(the_check(described, release), world)


def the_check(described: Environment, release: Release | None = None) -> RestartsCheck:
    """Return the only restarts check."""
    (check,) = checks(described, release or Release())
    return check


def test_identity() -> None:
    """The check is immediate; a service that does not tell its uptime has none."""
    check = the_check(environment())
    assert (check.id, check.stage) == ("restarts/bff", Stage.IMMEDIATE)
    assert check.reproduce() == "curl -sS -i https://api.test/health"
    assert not list(checks(environment_of(), Release()))


def test_young_and_steady_processes_pass() -> None:
    """All started after the deploy, none restarts."""
    judgement = judged(Processes(-20, -15, -10), deployed_s=-30)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message == "every process started with this deploy, and none restarted since"


def test_without_a_known_deploy_only_restarts_count() -> None:
    """Old processes are fine where nobody said when the deploy was."""
    judgement = judged(Processes(-9e5, -9e5, -9e5))
    assert judgement.message == "no process restarted while it was watched"


def test_a_process_older_than_the_deploy_fails() -> None:
    """The files are new, the process is old."""
    judgement = judged(Processes(-20, -15, -3600), deployed_s=-30)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message == "replica c did not restart: it started 3570 s before the deploy"
    assert judgement.facts["signature"] == "did not restart"


@pytest.mark.parametrize(("services", "due"), [((), NOW - 30), (("bff",), NOW - 30), (("worker",), None)])
def test_a_service_that_is_not_replaced_need_not_restart(services: tuple[str, ...], due: float | None) -> None:
    """Its processes may be as old as they are."""
    check = the_check(environment(), Release(deployed_at=NOW - 30, services=services))
    assert check.deployed_at == due


def test_clocks_may_differ_a_little() -> None:
    """A few seconds between two clocks prove nothing."""
    assert judged(Processes(-33, -33, -33), deployed_s=-30).outcome is Outcome.PASSED


def test_a_named_replica_in_a_crash_loop_fails() -> None:
    """One replica's process is always a moment old."""
    judgement = judged(Processes(-20, -15, lambda now: now // 3 * 3))
    assert judgement.outcome is Outcome.PASSED, "a process that keeps for three seconds shows nothing within one"
    judgement = judged(Processes(-20, -15, lambda now: -30 if now < 0.5 else 0.5))
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message == "replica c restarted during the verification"


def test_a_lone_process_needs_no_name() -> None:
    """What is alone is recognised again."""
    judgement = judged(Processes(lambda now: -30 if now < 0.5 else 0.5, named=False), environment(1, named=False))
    assert judgement.message == "the process restarted during the verification"


def test_unnamed_processes_pass_while_none_is_new() -> None:
    """Several processes without names tell several starts, all before the first look."""
    assert judged(Processes(-20, -15, -10, named=False), environment(named=False)).outcome is Outcome.PASSED


@pytest.mark.parametrize("value", [None, "3 days", True, -1, [], float("inf")])
def test_an_unreadable_uptime_is_undecided(value: Any) -> None:
    """What does not tell its uptime verifies nothing."""
    made = (
        answer('{"uptime": 1e999}', 200, "application/json")
        if value == float("inf")
        else json_answer({"uptime": value})
    )
    judgement = judged(made)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)


@pytest.mark.parametrize(
    ("made", "signature"),
    [
        (answer("", 500), "HTTP 500"),
        (html("<p>hi"), "HTML instead of JSON"),
        (json_answer({"uptime": 5}, headers={"age": "3"}), "answered by a cache (age above 0)"),
    ],
)
def test_no_proper_answer_fails(made: Exchange, signature: str) -> None:
    """An error in place of the uptime is a fault like any other."""
    judgement = judged(made)
    assert (judgement.outcome, judgement.facts["signature"]) == (Outcome.FAILED, signature)


def test_rare_errors_stay_undecided() -> None:
    """Between noise and fault nothing is decided."""
    assert judged(in_turn(answer("", 502), *[json_answer({"uptime": 5})] * 9)).outcome is Outcome.UNDECIDED


def told(
    started_s: float, asked_s: float, replica: str | None = "a", *, late_s: float = 0.0, whole: Any = None
) -> Start:
    """Return what an answer tells that was asked for, read *late_s* later, and took that much; seconds of the run."""
    uptime = asked_s + late_s - started_s
    shown = uptime if whole is None else whole(uptime)
    return Start(NOW + asked_s, NOW + asked_s - shown, replica, blur_s=late_s)


DELAYS = (0.0, 0.3, 1.0, 4.0, 9.0, 25.0)


@pytest.mark.parametrize("whole", [None, math.floor, math.ceil, round])
@pytest.mark.parametrize("age_s", [0.0, 0.4, 2.5, 30.0, 9e4])
@pytest.mark.parametrize("replica", ["a", "", None])
def test_no_delay_looks_like_a_restart(whole: Any, age_s: float, replica: str | None) -> None:
    """Whenever an uptime was read on the way of its answer, in whatever order: one process is one process."""
    for first, second, read_at in itertools.product(DELAYS, DELAYS, (0.0, 0.5, 1.0)):
        asked = [(0.0, first), (1.0, second), (1.5, first), (8.0, second)]
        starts = []
        for asked_s, took_s in asked:
            read_s = asked_s + read_at * took_s
            uptime = read_s + age_s
            shown = whole(uptime) if whole else uptime
            starts.append(Start(NOW + asked_s, NOW + asked_s - shown, replica, blur_s=took_s))
        for ordered in itertools.permutations(starts):
            assert restarted(ordered) == []
            assert newcomers(ordered) == 0


def test_one_newcomer_stays_one_however_slow_its_answers() -> None:
    """A process without a name that was scaled up is not counted again for each slow answer."""
    starts = [told(-60, 0, None)]
    starts += [Start(NOW + 20, NOW + 10 - early, None, blur_s=early) for early in (0.0, 2.5, 5.0, 7.5)]
    assert newcomers(starts) == 1
    assert newcomers([*starts, told(15, 20, None)]) == 2


def test_several_processes_of_one_replica_are_no_restart() -> None:
    """A replica may run several workers; who meets another one of them next has not seen a restart."""
    assert restarted([told(-60, 0), told(-20, 5), told(-1, 6), told(-60, 7)]) == []


def test_a_restart_is_seen_whatever_the_order() -> None:
    """What started after its replica had answered is new, also behind slow answers and where some were never met."""
    seen = [told(-60, 0, late_s=4), told(12, 20), told(-60, 1, "b")]
    for ordered in itertools.permutations(seen):
        assert restarted(ordered) == ["a"]
    assert restarted([told(-60, 0, whole=math.floor), told(0.5, 1, whole=math.floor)]) == ["a"]


def test_a_slow_answer_is_no_process_older_than_the_deploy() -> None:
    """An answer that took twenty seconds makes a start look earlier than it was."""
    slow = replace(json_answer({"uptime": 25}), duration_s=20.0)
    assert judged(slow, environment(1), deployed_s=-6).outcome is Outcome.PASSED


@pytest.mark.parametrize("given", [json_answer({"status": "ok"}), answer("ok"), json_answer({"uptime": None})])
def test_an_uptime_that_may_be_left_out(given: Exchange) -> None:
    """Nothing is told, so nothing is looked for, and the verdict says so; where it must be told that is a doubt."""
    uptime = {"path": "/health", "optional": True}
    described = environment_of(services={"bff": {"url": "https://api.test", "uptime": uptime}})
    found = judged(given, described)
    assert (found.outcome, found.facts["waived"], found.facts["unreported"]) == (Outcome.SKIPPED, "unreported", True)
    assert judged(given).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("given", [answer("", 500), html("<h1>Log in</h1>"), answer("ok", headers={"age": "300"})])
def test_an_uptime_that_may_be_left_out_is_asked_for(given: Exchange) -> None:
    """An answer that is none is a fault as anywhere."""
    uptime = {"path": "/health", "optional": True}
    described = environment_of(services={"bff": {"url": "https://api.test", "uptime": uptime}})
    assert judged(given, described).outcome is Outcome.FAILED
