"""A route that has become slow is told from a cold one and from a busy machine."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from smoke.checks._check import Observation
from smoke.checks._pace import Pace, Timed
from smoke.checks.latency import checks
from smoke.environment import Environment
from smoke.environment.load import Latency
from smoke.errors import LoginRefused
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import FakeHttp, answer, concluded, environment_of, html, json_answer, world_of

URL, CONTROL = "https://api.test/items", "https://control.test/"
BEFORE = Before(Outcome.PASSED, measured={"median_ms": 20.0, "control_median_ms": 10.0})

Takes = Callable[[int, str], float]
"""How many milliseconds the n-th answer takes, given by that replica."""


def environment(**keys: Any) -> Environment:
    """Return an environment with one read and a control host."""
    reads = [{"name": "items", "path": "/items", **keys.pop("read", {})}]
    keys["latency"] = {"every_route": True, **keys.get("latency", {})}
    return environment_of(reads=reads, control=[CONTROL], **keys)


def answering(takes: Takes, made: Exchange | None = None) -> Callable[[Request], Exchange]:
    """Return three replicas in turn whose answers take their time."""
    count = iter(range(10**6))

    def give(_: Request) -> Exchange:
        number = next(count)
        name = "abc"[number % 3]
        good = made or json_answer({"items": []}, headers={"x-replica": name})
        return replace(good, duration_s=takes(number, name) / 1000)

    return give


def judged(
    takes: Takes,
    described: Environment | None = None,
    before: Before | None = BEFORE,
    control_ms: float = 10.0,
    **more: Any,
) -> tuple[Judgement, FakeHttp]:
    """Conclude the check of the only read."""
    described = described or environment()
    made = more.pop("made", None)
    routes: Any = {URL: answering(takes, made), CONTROL: answering(lambda _n, _r: control_ms, answer("ok"))}
    world = world_of(routes, described, before=lambda _: before, **more)
    (check,) = checks(described, Release())
    return concluded(check, world), world.http  # type: ignore[return-value]


def asked(http: FakeHttp, url: str = URL) -> int:
    """Return how often an address was asked."""
    return sum(1 for one in http.asked if one.url == url)


def test_identity() -> None:
    """It belongs to the monitoring, has the route's weight and dependencies, and can be repeated by hand."""
    (check,) = checks(environment(read={"gating": False, "depends_on": []}), Release())
    assert (check.id, check.stage, check.service, check.gating) == ("latency/items", Stage.MONITORING, "bff", False)
    assert check.reproduce() == f"curl -sS -o /dev/null -w '%{{time_total}}\\n' {URL}"


def test_which_routes_are_timed() -> None:
    """Those that say so, or every read and page; never one that says no, is retired or stands behind a flag."""
    reads: list[dict[str, Any]] = [{"name": name, "path": f"/{name}"} for name in ("one", "two")]
    reads += [{"name": "never", "path": "/x", "timed": False}, {"name": "flagged", "path": "/y", "flag": "new"}]
    reads[1] |= {"max_median_ms": 500}
    pages = [{"name": "one", "service": "bff", "path": "/", "contains": ["x"]}]
    flags = {"service": "bff", "path": "/flags", "at": "flags"}
    described = environment_of(reads=reads, pages=pages, flags=flags, latency={"every_route": True})
    assert [one.subject for one in checks(described, Release())] == ["one", "two", "page-one"]
    assert [one.subject for one in checks(described, Release(retired=("read/one",)))] == ["two", "one"]
    declared = environment_of(reads=reads, pages=pages, flags=flags)
    assert [one.subject for one in checks(declared, Release())] == ["two"]


def test_as_quick_as_before_passes_after_a_few_samples() -> None:
    """Five are enough to see that nothing has changed, taken when the first rush is over."""
    judgement, http = judged(lambda _n, _r: 25)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message == "a median of 25 ms, 20 ms before the deploy"
    assert judgement.facts["measured"] == {"median_ms": 25.0, "control_median_ms": 10.0}
    assert (asked(http), asked(http, CONTROL)) == (5, 5)
    assert http.clock.pauses == [3.0]


def test_ten_times_slower_fails_in_both_looks() -> None:
    """All warm samples are slow, and are again after a pause."""
    judgement, http = judged(lambda _n, _r: 700)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message == "answers take 700 ms (median of 7), 20 ms before the deploy"
    assert judgement.facts["signature"] == "slower than before the deploy"
    assert asked(http) == 20


def test_slow_before_and_slower_now() -> None:
    """What was too slow already is the same fault only as long as it is no slower."""
    before = Before(Outcome.FAILED, signature="slow", measured={"median_ms": 400.0, "control_median_ms": 10.0})
    described = environment(read={"max_median_ms": 300})
    assert judged(lambda _n, _r: 420, described, before)[0].facts["signature"] == "slow"
    slower = judged(lambda _n, _r: 4000, described, before)[0]
    assert slower.facts["signature"] == "slower than before the deploy"


def test_a_cold_route_passes() -> None:
    """The first answers of every replica take seconds, the next ones do not."""
    judgement, http = judged(lambda number, _: 8000 if number < 3 else 400 if number < 6 else 20)
    assert judgement.outcome is Outcome.PASSED
    assert asked(http) <= 12


def test_slow_for_a_moment_passes() -> None:
    """The first look is slow throughout, the second is not."""
    judgement, _ = judged(lambda number, _: 900 if number < 10 else 20)
    assert judgement.outcome is Outcome.PASSED
    assert "slow at first, quick when looked at again" in judgement.facts["noted"]


def test_a_third_of_slow_answers_by_chance_passes() -> None:
    """Medians do not mind outliers that no replica owns."""
    judgement, _ = judged(lambda number, _: 900 if number % 4 == 1 else 20)
    assert judgement.outcome is Outcome.PASSED


def test_one_slow_replica_fails() -> None:
    """The median of all is fine, that of one replica is not."""
    judgement, _ = judged(lambda _, name: 900 if name == "b" else 20)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("answers from replica b take 900 ms")


@pytest.mark.parametrize(("now", "outcome"), [(210, Outcome.PASSED), (230, Outcome.FAILED)])
def test_small_times_need_a_noticeable_difference(now: float, outcome: Outcome) -> None:
    """Ten times of nothing is still nothing: 200 ms must be added at least."""
    assert judged(lambda _n, _r: now)[0].outcome is outcome


@pytest.mark.parametrize(("now", "outcome"), [(2900, Outcome.PASSED), (3100, Outcome.FAILED)])
def test_long_times_need_a_multiple(now: float, outcome: Outcome) -> None:
    """What took a second may take three."""
    before = Before(Outcome.PASSED, measured={"median_ms": 1000.0, "control_median_ms": 10.0})
    assert judged(lambda _n, _r: now, before=before)[0].outcome is outcome


def test_a_busy_machine_is_not_the_release() -> None:
    """When the control host takes longer by as much, it is not the release; the note says so."""
    judgement, _ = judged(lambda _n, _r: 700, control_ms=250)
    assert judgement.outcome is Outcome.PASSED
    assert "this machine, or the control host as well, is slower now" in judgement.message


@pytest.mark.parametrize(("late_ms", "outcome"), [(0.0, Outcome.FAILED), (300.0, Outcome.PASSED)])
def test_what_this_process_was_woken_late_by_is_not_the_routes(late_ms: float, outcome: Outcome) -> None:
    """A verifier that starves times itself; that needs no control host to be known."""
    pace = Pace(Latency(), before_ms=20.0, own_ms=late_ms)
    (check,) = checks(environment(), Release())
    facts = {"pace": pace, "times": tuple([Timed(700.0)] * 7), "control": ()}
    assert check.judge([Observation(facts=facts)] * 2).outcome is outcome
    assert judged(lambda _n, _r: 5000, control_ms=250)[0].outcome is Outcome.FAILED


def test_without_a_baseline_nothing_is_compared() -> None:
    """It passes with a note, and measures for the next time."""
    judgement, _ = judged(lambda _n, _r: 5000, before=None)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == "nothing of before the deploy to compare with"


@pytest.mark.parametrize(("own", "outcome"), [(None, Outcome.FAILED), (6000, Outcome.PASSED)])
def test_an_absolute_limit_needs_no_baseline(own: float | None, outcome: Outcome) -> None:
    """The environment's limit holds for all routes, a route's own goes before it."""
    described = environment(latency={"max_median_ms": 1000}, read={"max_median_ms": own} if own else {})
    judgement, _ = judged(lambda _n, _r: 5000, described, before=None)
    assert judgement.outcome is outcome
    assert "noted" not in judgement.facts


@pytest.mark.parametrize(
    "made", [answer("", 500), html("<p>hi"), answer("", 404), answer("", 429), answer("", 401), answer("", 200)]
)
def test_without_good_answers_nothing_is_timed(made: Exchange) -> None:
    """The route's own check says what is wrong; this one hangs on it."""
    judgement, http = judged(lambda _n, _r: 5, made=made)
    assert (judgement.outcome, judgement.facts["blocked_by"]) == (Outcome.UNDECIDED, "read/items")
    assert asked(http) == 5


def test_a_refused_login_is_an_obstacle() -> None:
    """A route for a role needs its session."""

    async def refused(_: str) -> Any:
        raise LoginRefused("the login was refused", facts={"role": "customer"})

    roles = {"customer": {"user": {"env": "U"}, "password": {"env": "P"}}}
    described = environment(read={"role": "customer"}, roles=roles, login={"path": "/login"})
    judgement, _ = judged(lambda _n, _r: 5, described, session=refused)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
