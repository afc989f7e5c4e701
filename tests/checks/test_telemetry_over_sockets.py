"""Monitoring systems are asked over real sockets: as they speak, and in every way in which they may not."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from smoke.checks import alerts, announcements, errors, logs, metrics, targets
from smoke.checks._check import Check
from smoke.environment import Environment
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import NEW, NOW, conclude, environment_of, world_of
from tests.http.servers import Answer, Connection, client, free_port, in_loop, response, saying, serving, silent

RELEASE = Release(commit=NEW, version="1.4.0", deployed_at=NOW - 180)
MODULES = (errors, metrics, targets, alerts, logs, announcements)


def environment(url: str) -> Environment:
    """Return an environment whose every monitoring system lies at *url*."""
    token = {"env": "TOKEN"}
    return environment_of(
        monitoring={
            "after_s": 0,
            "timeout_s": 5,
            "sentry": {"url": url, "organization": "acme", "token": token},
            "prometheus": {"url": f"{url}/prometheus", "token": token},
            "alertmanager": {"url": url, "user": token, "password": token},
            "loki": {"url": url, "tenant": "shop"},
        },
        errors={"web": {"project": "web", "release": "shop@{version}", "crash_free_at_least": 0.99}},
        metrics={"error-rate": {"query": 'sum(rate(errors{job="api"}[{window}]))', "at_most": 0.01}},
        targets={"api": {"job": "api", "at_least": 2, "within_s": 0.1}},
        logs={"bff": {"lines": '{app="bff"}', "errors": '|= "error"', "within_s": 0.1}},
        announcements={"deploys": {"channel": "C024BE91L", "token": token, "url": f"{url}/slack", "gating": True}},
        limits={"timeout_s": 5, "body_bytes": 100_000},
    )


def every_check(described: Environment) -> dict[str, Check]:
    """Return all checks of monitoring systems by id."""
    return {one.id: one for module in MODULES for one in module.checks(described, RELEASE)}


def vector(value: str) -> dict[str, Any]:
    """Return one value as Prometheus and Loki return it."""
    result = [{"metric": {}, "value": [NOW, value]}]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def documents_of(*, well: bool) -> dict[str, Any]:
    """Return what all systems answer, by path: of a good release, or of a bad one."""
    issue = {"id": "1", "shortId": "WEB-1", "title": "TypeError", "level": "error", "count": "9", "userCount": 2}
    health = "up" if well else "down"
    target = {"labels": {"job": "api", "instance": "a:1"}, "health": health, "lastError": "" if well else "refused"}
    alert = {
        "labels": {"alertname": "HighErrorRate", "severity": "critical"},
        "startsAt": "2031-01-01T00:00:00Z",
        "endsAt": "2031-01-01T04:00:00Z",
        "fingerprint": "f1",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
    }
    return {
        "/api/0/organizations/acme/releases/shop%401.4.0/": {"version": "shop@1.4.0", "newGroups": 0},
        "/api/0/organizations/acme/issues/": [] if well else [issue],
        "/api/0/organizations/acme/sessions/": {
            "groups": [{"by": {}, "totals": {"crash_free_rate(session)": 1.0 if well else 0.5}}]
        },
        "/prometheus/api/v1/query": vector("0.001" if well else "0.5"),
        "/prometheus/api/v1/targets": {"status": "success", "data": {"activeTargets": [target, target]}},
        "/api/v2/alerts": [] if well else [alert],
        "/loki/api/v1/query": vector("5" if well else "500"),
        "/slack/conversations.history": {"ok": True, "messages": [{"text": f"deployed {NEW[:8]}" if well else "hi"}]},
    }


def speaking(*, well: bool) -> Answer:
    """Return a server that speaks for all systems."""
    documents = documents_of(well=well)

    async def answer(connection: Connection) -> None:
        document = documents[connection.target.partition("?")[0]]
        earlier = f"time={NOW - 180:.0f}" in connection.target
        told = vector("0.001" if "prometheus" in connection.target else "5") if earlier else document
        await connection.send(response(json.dumps(told).encode(), content_type="application/json"))

    return answer


async def judged(answer: Answer) -> dict[str, Judgement]:
    """Conclude every check against a server that answers so."""
    async with serving(answer) as served:
        return await judged_at(served.url)


async def judged_at(url: str, timeout_s: float = 5) -> dict[str, Judgement]:
    """Conclude every check against *url*; pauses are skipped but count as time."""
    described = environment(url)
    async with client(timeout_s=timeout_s, body_bytes=100_000) as http:
        world = replace(world_of({}, described, RELEASE, secret=lambda _: "token-of-ours"), http=http)
        checks = {
            name: replace(check, timeout_s=timeout_s)  # type: ignore[call-arg]
            for name, check in every_check(described).items()
        }
        return {name: await conclude(check, world) for name, check in checks.items()}


@in_loop
async def test_a_good_release() -> None:
    """Every system tells nothing bad."""
    found = await judged(speaking(well=True))

    assert {one.outcome for one in found.values()} == {Outcome.PASSED}, found
    assert all("hearsay" in one.facts for one in found.values())
    assert len(found) == 9


@in_loop
async def test_a_bad_release() -> None:
    """Every system tells something bad that came with the release; nobody's silence in a channel is its fault."""
    found = await judged(speaking(well=False))

    red = {name for name, one in found.items() if (one.outcome, one.cause) == (Outcome.FAILED, Cause.RELEASE)}
    assert red == set(found) - {"alerts/advisory", "logs/bff", "announcement/deploys"}
    assert found["announcement/deploys"].outcome is Outcome.UNDECIDED


HOSTILE: dict[str, Callable[[], Any]] = {
    "rubbish": lambda: saying(b"\x00\x01\x02 rubbish\r\n\r\n"),
    "endless": lambda: saying(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b"[1," * 60_000),
    "nested JSON": lambda: saying(response(b"[" * 90_000, content_type="application/json")),
    "invalid UTF-8": lambda: saying(response(b"\xff\xfe\xfd", content_type="application/json")),
    "empty": lambda: saying(response()),
    "null": lambda: saying(response(b"null", content_type="application/json")),
    "a number": lambda: saying(response(b"7", content_type="application/json")),
    "a list of nothing": lambda: saying(response(b"[null]", content_type="application/json")),
    "wrong types": lambda: saying(
        response(
            b'{"status":"success","ok":true,"messages":{},"groups":7,"data":{"resultType":"vector","result":[7],'
            b'"activeTargets":7}}',
            content_type="application/json",
        )
    ),
    "a page": lambda: saying(response(b"<html>Log in</html>", content_type="text/html")),
    "a login": lambda: saying(response(status="302 Found", location="https://login.test/")),
    "an error": lambda: saying(response(b"oops", status="500 Internal Server Error")),
    "a refusal": lambda: saying(response(b"no", status="403 Forbidden")),
    "hangs up": lambda: saying(b""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_systems_decide_nothing(name: str) -> None:
    """Whatever comes in place of an answer, no check passes, none fails the release, and none breaks."""

    @in_loop
    async def run() -> None:
        found = await judged(HOSTILE[name]())
        assert {one.outcome for one in found.values()} == {Outcome.UNDECIDED}, found
        assert Cause.RELEASE not in {one.cause for one in found.values()}, found
        assert "token-of-ours" not in repr([one.message for one in found.values()])

    run()


@in_loop
async def test_nobody_listening() -> None:
    """A system that is down is a dependency's trouble."""
    found = await judged_at(f"http://127.0.0.1:{free_port()}")
    assert {(one.outcome, one.cause) for one in found.values()} == {(Outcome.UNDECIDED, Cause.DEPENDENCY)}


@in_loop
async def test_silence_takes_bounded_time() -> None:
    """A system that never answers costs a timeout a question."""
    async with serving(silent) as served:
        found = await judged_at(served.url, timeout_s=0.1)
    assert {(one.outcome, one.cause) for one in found.values()} == {(Outcome.UNDECIDED, Cause.DEPENDENCY)}
