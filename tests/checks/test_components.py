"""A component must be healthy as its service reports it."""

from typing import Any

import pytest

from smoke.checks.components import checks
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome
from tests.checks.fake_world import (
    Answer,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)


def terminus(state: Any, status: int = 200) -> Exchange:
    """Return a health answer that says *state* of Redis."""
    return json_answer({"status": "ok", "details": {"redis": state, "database": {"status": "up"}}}, status)


def judged(given: Answer, at: str = "details.redis", **keys: Any) -> Judgement:
    """Make the check of Redis."""
    environment = environment_of(components={"redis": {"path": "/health", "at": at}}, **keys)
    (check,) = checks(environment, Release())
    assert check.id == "component/redis"
    return concluded(check, world_of({"https://api.test/health": given}, environment))


@pytest.mark.parametrize("state", [{"status": "up"}, "PONG", True, "ok", {"connected": True}])
def test_healthy(state: Any) -> None:
    """Every usual word for well passes."""
    assert judged(terminus(state)).outcome is Outcome.PASSED


def left_out(given: Answer, **keys: Any) -> Judgement:
    """Make the check of a Redis that the report may leave out."""
    environment = environment_of(components={"redis": {"path": "/health", "at": "details.redis", "optional": True}})
    (check,) = checks(environment, Release())
    return concluded(check, world_of({"https://api.test/health": given}, environment, **keys))


@pytest.mark.parametrize("given", [json_answer({"status": "ok"}), json_answer({"details": {}}), answer("ok")])
def test_what_may_be_left_out_is_not_judged(given: Exchange) -> None:
    """Nothing is told of it, so nothing is verified; the verdict says so, and a baseline may know better."""
    found = left_out(given)

    assert (found.outcome, found.facts["waived"], found.facts["unreported"]) == (Outcome.SKIPPED, "unreported", True)
    assert found.message == "nothing at details.redis, so that it was not judged"


@pytest.mark.parametrize(
    "given",
    [
        terminus("down"),
        terminus("down", 503),
        json_answer({"status": "error"}, 503),
        json_answer({"status": "ok"}, headers={"age": "300"}),
        answer("down"),
        html("<h1>Log in</h1>"),
        answer("", 401),
        answer("", 404),
        failing(FailureKind.TIMEOUT),
        in_turn(terminus("up"), json_answer({"status": "ok"})),
    ],
)
def test_what_may_be_left_out_is_judged_where_anything_is_wrong(given: Answer) -> None:
    """One that is told counts, and an answer that is none is a fault as ever."""
    assert left_out(given).outcome is Outcome.FAILED


def test_degraded() -> None:
    """A degraded component still serves: noted."""
    found = judged(terminus("degraded"))

    assert (found.outcome, found.facts["noted"]) == (Outcome.PASSED, "details.redis is degraded")


def test_an_answer_of_a_cache() -> None:
    """What a cache remembers says nothing about now."""
    old = json_answer({"details": {"redis": "up"}}, headers={"age": "300"})

    assert "answered by a cache" in judged(old).message
    assert judged(old).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "database",
    [{"status": "down"}, "timeout", {"status": "up", "replicas": [{"status": "down"}]}, {"connected": False}, None],
)
def test_another_component_is_down(database: Any) -> None:
    """A 503 that another component caused says nothing against this one."""
    report = {"status": "error", "details": {"redis": {"status": "up"}, "database": database}}
    assert judged(json_answer(report, 503)).outcome is Outcome.PASSED


def test_a_503_that_no_component_explains() -> None:
    """Where every part is well and no health check asks here, the 503 would be nobody's matter."""
    said = "HTTP 503, though details.redis and every other part is healthy"
    assert judged(terminus({"status": "up"}, 503)).facts["signature"] == said
    health = {"bff": {"url": "https://api.test", "health": {"path": "/health"}}}
    assert judged(terminus({"status": "up"}, 503), services=health).outcome is Outcome.PASSED


@pytest.mark.parametrize("at", ["redis", "details.redis.status", "details.*.status | [0]"])
def test_a_503_where_the_place_tells_nothing_of_others(at: str) -> None:
    """Keys beside a place at the top may be anything, and an expression has no place beside it."""
    report = {"redis": "ok", "version": "4.2", "details": {"redis": {"status": "up"}, "database": {"status": "down"}}}
    assert judged(json_answer(report, 503), at).outcome is Outcome.PASSED


@pytest.mark.parametrize("at", ["status", "ok", "healthy"])
def test_the_state_of_the_whole(at: str) -> None:
    """No other component explains a 503 of the whole, which load balancers obey whatever the words say."""
    assert judged(json_answer({at: "ok"}, 503), at).facts["signature"] == f"HTTP 503, though {at} is healthy"
    assert judged(json_answer({at: "ok"}), at).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("exchange", "signature"),
    [
        (terminus({"status": "down"}, 503), 'details.redis is unhealthy: {"status": "down"}'),
        (terminus(False), "details.redis is unhealthy: false"),
        (terminus("perhaps"), 'details.redis is unknown: "perhaps"'),
        (terminus({}), "details.redis is unknown: {}"),
        (terminus(None), "nothing at details.redis"),
        (json_answer({"status": "ok", "details": {}}), "nothing at details.redis"),
        (json_answer({"status": "ok"}, 503), "HTTP 503 with nothing at details.redis"),
        (html("<h1>ok</h1>"), "HTML instead of JSON"),
        (answer("ok"), "invalid JSON"),
        (answer("", 401), "HTTP 401"),
        (answer("", 404), "HTTP 404"),
        (answer("", 500), "HTTP 500"),
        (answer("no healthy upstream", 503), "HTTP 503"),
        (html("<h1>Service unavailable</h1>", 503), "HTTP 503"),
        (failing(FailureKind.RESET), "connection reset"),
    ],
)
def test_unhealthy(exchange: Exchange, signature: str) -> None:
    """What is down, unknown or missing fails."""
    found = judged(exchange)

    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, signature)


def test_now_and_then() -> None:
    """A component that fails in one look and not in the next larger one is cleared or undecided, never failed."""
    found = judged(in_turn(*[terminus("down")] * 2, *[terminus("up")] * 200))

    assert found.outcome in {Outcome.PASSED, Outcome.UNDECIDED}
