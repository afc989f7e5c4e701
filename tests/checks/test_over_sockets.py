"""The checks hold against real sockets and the real client, friendly and hostile."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from smoke.checks import assets, converge, health, pages, restarts, version
from smoke.checks._check import Check
from smoke.environment import Environment
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome
from tests.checks.fake_world import NEW, OLD, conclude, environment_of, world_of
from tests.http.servers import Answer, Connection, client, free_port, in_loop, response, saying, serving, silent

RELEASE = Release(commit=NEW, previous=OLD)

PAGE = f"""<html><head><meta name="commit" content="{NEW}"><script src="/main.js"></script></head>
<body><h1>Customer Portal</h1></body></html>""".encode()


def environment(url: str) -> Environment:
    """Return an environment with one service of three replicas that has everything."""
    service = {
        "url": url,
        "replicas": 3,
        "replica_header": "x-replica",
        "health": {"path": "/health", "components": "details"},
        "release": {"path": "/health", "commit": "version"},
        "uptime": {"path": "/health"},
    }
    return environment_of(
        services={"web": service},
        pages=[{"name": "home", "path": "/", "contains": ["Customer Portal"]}],
        assets={},
        converge={"within_s": 1, "stuck_after_s": 0.5, "every_s": 0.1},
        limits={"timeout_s": 5, "body_bytes": 100_000},
    )


def all_checks(described: Environment) -> dict[str, Check]:
    """Return the checks of these modules by id."""
    modules = (health, version, converge, restarts, pages, assets)
    return {one.id: one for module in modules for one in module.checks(described, RELEASE)}


def replicas(*commits: str, broken: int | None = None) -> Answer:
    """Return a service whose replicas answer in turn; *broken* is the place of one whose health is bad."""
    turn = count()

    async def answer(connection: Connection) -> None:
        place = next(turn) % len(commits)
        name = "abc"[place]
        if connection.target == "/health":
            state = "down" if place == broken else "up"
            body = {
                "status": "ok",
                "version": commits[place],
                "uptime": 5.0,
                "details": {"database": {"status": state}},
            }
            await connection.send(response(json.dumps(body).encode(), content_type="application/json", x_replica=name))
        elif connection.target == "/main.js":
            await connection.send(response(b"export {}", content_type="text/javascript", x_replica=name))
        else:
            await connection.send(response(PAGE, content_type="text/html", x_replica=name))

    return answer


async def judged(answer: Answer) -> dict[str, Judgement]:
    """Conclude every check against a server that answers so."""
    async with serving(answer) as served:
        return await judged_at(served.url)


async def judged_at(url: str) -> dict[str, Judgement]:
    """Conclude every check against *url*; pauses are skipped but count as time."""
    described = environment(url)
    fake = world_of({}, described, RELEASE)
    async with client(timeout_s=5, body_bytes=100_000) as http:
        world = replace(fake, http=http)
        return {name: await conclude(check, world) for name, check in all_checks(described).items()}


@in_loop
async def test_a_healthy_service_passes_everything() -> None:
    """Three replicas that serve the release well."""
    found = await judged(replicas(NEW, NEW, NEW))
    assert {one.outcome for one in found.values()} == {Outcome.PASSED}, found
    assert len(found) == 6


@in_loop
async def test_one_bad_replica_is_found_and_named() -> None:
    """One database is down, behind one replica of three."""
    found = await judged(replicas(NEW, NEW, NEW, broken=1))
    assert found["health/web"].message.startswith("database is unhealthy from replica b")
    assert found["page/home"].outcome is Outcome.PASSED


@in_loop
async def test_an_old_replica_is_found_and_named() -> None:
    """One replica stays behind."""
    found = await judged(replicas(NEW, OLD, NEW))
    assert found["converge/web"].message.startswith("replica b serves the previous commit 4e77d01")
    assert "from replica b" in found["version/web"].message


@in_loop
async def test_nobody_listening_is_a_finding() -> None:
    """Refused connections fail every check, with the evidence that nothing answered."""
    found = await judged_at(f"http://127.0.0.1:{free_port()}")
    for one in found.values():
        assert one.outcome is Outcome.FAILED
        assert one.facts["failure_kinds"] == ["connection refused"]
        assert one.facts["answered"] is False
        assert one.facts["local"] is True


HOSTILE: dict[str, Callable[[], Any]] = {
    "rubbish": lambda: saying(b"\x00\x01\x02 rubbish\r\n\r\n"),
    "endless": lambda: saying(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 60_000),
    "nested JSON": lambda: saying(response(b"[" * 90_000, content_type="application/json")),
    "invalid UTF-8": lambda: saying(response(b"\xff\xfe\xfd", content_type="application/json")),
    "empty": lambda: saying(response()),
    "no content type": lambda: saying(response(b"hello")),
    "redirect loop": lambda: saying(response(status="302 Found", location="/health")),
    "hangs up": lambda: saying(b""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_services_fail_and_never_break_a_check(name: str) -> None:
    """Whatever comes, every check ends in a finding that is not passed."""

    @in_loop
    async def run() -> None:
        found = await judged(HOSTILE[name]())
        assert Outcome.PASSED not in {one.outcome for one in found.values()}, found

    run()


@in_loop
async def test_a_silent_service_fails_in_bounded_time() -> None:
    """A service that never answers costs a timeout a look."""
    async with serving(silent) as served:
        described = environment(served.url)
        async with client(timeout_s=1) as http:  # long enough to connect, even on a machine that stalls
            world = replace(world_of({}, described, RELEASE), http=http)
            judgement = await conclude(all_checks(described)["health/web"], world)
    assert judgement.message == "timeout in 24 of 24 samples"
