"""Health endpoints of every convention are recognised; what any path gets is not one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from smoke.checks._health_words import State
from smoke.discovery.health import found_health
from smoke.http import Exchange
from tests.checks.fake_world import NOW, failing
from tests.discovery.sites import answer, html, json_answer, site_of, text

TERMINUS = {"status": "ok", "info": {}, "error": {}, "details": {"db": {"status": "up"}, "redis": {"status": "up"}}}
SPRING = {"status": "UP", "components": {"db": {"status": "UP", "details": {"database": "PostgreSQL"}}}}
DRAFT = {"status": "pass", "version": "1", "checks": {"postgres:responseTime": [{"status": "pass"}]}}
ASPNET = {"status": "Healthy", "totalDuration": "00:00:00.01", "entries": {"db": {"status": "Healthy", "data": {}}}}
READY = {"status": "ok", "checks": {"database": [{"?column?": 1}], "redis": "PONG"}}


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        (json_answer(TERMINUS), {"components": "details"}),
        (json_answer(SPRING), {"components": "components"}),
        (json_answer(DRAFT), {"components": "checks"}),
        (json_answer(ASPNET), {"components": "entries"}),
        (json_answer(READY), {"components": "checks"}),
        (json_answer({"ok": True}), {"status": "ok"}),
        (json_answer({"status": "ok", "env": "production"}), {"expect": {"env": "production"}}),
        (json_answer({"result": "OK"}), {"status": "result"}),
        (json_answer({"data": {"status": "ok"}}), {"status": "data.status"}),
        (json_answer(True), {}),
        (json_answer({"storage": True, "cache": True}), {"status": "storage", "components": "@"}),
        (text("Healthy"), {}),
        (text("ok\n"), {}),
        (text("Prometheus Server is Healthy."), {"text": "Prometheus Server is Healthy."}),
        (html("OK"), {"text": "OK"}),
        (answer("pong", 200, ""), {"text": "pong"}),
    ],
)
def test_conventions(given: Exchange, keys: dict[str, Any]) -> None:
    """Each convention becomes the keys by which the health check reads it."""
    (found,) = found_health(site_of({"/health": given}))
    if keys == {"status": "ok"}:  # the default place finds it too
        keys = {} if found.keys == {"path": "/health"} else keys
    assert found.keys == {"path": "/health", **keys}
    assert found.state is State.HEALTHY


@pytest.mark.parametrize(
    "given",
    [
        html("<!doctype html><title>Shop</title><h1>ok</h1>"),
        text("ok", 404),
        text(""),
        text("uptime 1234"),
        text("x" * 200),
        text("UNAVAILABLE FOR LEGAL REASONS", 451),
        json_answer({"status": "wonderful"}),
        json_answer({"error": "no"}, 401),
        json_answer({}),
        json_answer([]),
        answer(b"\xff\xfe\x00", 200, "application/json"),
        answer("{", 200, "application/json"),
        answer('{"status":"ok"}', 200, "application/json", {"x-vercel-cache": "HIT"}),
        failing(),
        [text("ok"), text("error"), text("ok")],
    ],
)
def test_what_is_none(given: Exchange | list[Exchange]) -> None:
    """Pages, refusals, garbage, cached and changing answers are no health endpoint."""
    assert found_health(site_of({"/health": given})) == []


@pytest.mark.parametrize("same", [text("ok"), json_answer({"status": "ok"}), html("OK")])
def test_what_any_path_gets(same: Exchange) -> None:
    """A server that says ok to everything tells nothing."""
    assert found_health(site_of({"/health": same}, stranger=same)) == []


def test_what_is_not_well_is_found_but_comes_last() -> None:
    """An endpoint that tells that it is down is found; another one that is well is better."""
    down = json_answer({"status": "DOWN", "components": {"mail": {"status": "DOWN"}}}, 503)
    (found,) = found_health(site_of({"/actuator/health": down}))
    assert found.state is State.UNHEALTHY
    ready = json_answer({"status": "UP"})
    both = found_health(site_of({"/actuator/health": down, "/actuator/health/readiness": ready}))
    assert [one.path for one in both] == ["/actuator/health/readiness", "/actuator/health"]


def test_components_that_are_down_while_all_is_well_are_optional() -> None:
    """What is down although the whole calls itself well may be down."""
    said = {"status": "ok", "services": {"db": "ok", "mail": "down"}}
    (found,) = found_health(site_of({"/health": json_answer(said)}))
    assert (found.keys["optional"], found.down) == (["mail"], ("mail",))


def test_the_one_that_says_most_is_chosen() -> None:
    """Components say more than a bare word."""
    found = found_health(site_of({"/health/live": json_answer({"status": "ok"}), "/health": json_answer(TERMINUS)}))
    assert found[0].path == "/health"


def _stamped(*seconds: float) -> list[Exchange]:
    return [
        json_answer({"status": "ok", "timestamp": datetime.fromtimestamp(NOW + one, UTC).isoformat()})
        for one in seconds
    ]


def test_time_stamps() -> None:
    """A time stamp that goes with the clock must stay fresh; one that stands still is no promise, but is told."""
    (fresh,) = found_health(site_of({"/api/health": _stamped(0, 2, 4)}))
    assert fresh.keys["timestamp"] == "timestamp"
    (frozen,) = found_health(site_of({"/api/health": _stamped(0, 0, 0)}))
    assert "timestamp" not in frozen.keys
    assert "stands still" in frozen.remarks[0]
