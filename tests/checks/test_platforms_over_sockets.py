"""Platforms and management APIs are asked by the real client over real sockets, its write guard included."""

import json
from dataclasses import replace
from typing import Any

import pytest

from smoke.checks import deployments, migrations
from smoke.checks._check import Check
from smoke.environment import Environment
from smoke.http.guard import allowed_writes
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import NEW, OLD, conclude, environment_of, world_of
from tests.http.servers import Answer, Connection, client, free_port, in_loop, response, saying, serving, silent

RELEASE = Release(commit=NEW, previous=OLD)
TOKEN = {"env": "TOKEN"}
SECRET = "tok-3f9a-never-shown"


def environment(url: str) -> Environment:
    """Return an environment that is deployed at every platform that has an API, all of them at *url*."""
    railway = {"project_id": "p", "environment_id": "e", "service_id": "s", "token": TOKEN, "url": url}
    kubernetes = {"deployment": "api", "api": url, "token": TOKEN}
    return environment_of(
        platforms={
            "railway": {"railway": railway},
            "vercel": {"vercel": {"project_id": "p", "token": TOKEN, "url": url}},
            "coolify": {"coolify": {"url": url, "application": "a", "token": TOKEN}},
            "kubernetes": {"kubernetes": kubernetes},
            "github": {
                "github": {"repository": "acme/shop", "run_variable": "NO_SUCH_RUN", "token": TOKEN, "url": url}
            },
        },
        migrations={"db": {"tool": "supabase", "api": {"project": "p", "token": TOKEN, "url": url}}},
        limits={"timeout_s": 0.8, "connect_timeout_s": 0.5},
    )


def everything(described: Environment) -> list[Check]:
    """Return the check of each platform, and of the migrations."""
    return [*deployments.checks(described, RELEASE), *migrations.checks(described, RELEASE)]


async def judged_at(url: str) -> dict[str, Judgement]:
    """Conclude every check against what listens at *url*."""
    described = environment(url)
    async with client(timeout_s=0.8, connect_timeout_s=0.5, writes=allowed_writes(described)) as http:
        world = replace(world_of({}, described, RELEASE), http=http, secret=lambda _: SECRET)
        found = {check.id: await conclude(check, world, rounds=1) for check in everything(described)}
    assert SECRET not in str(found)
    return found


ANSWERS: dict[str, Any] = {
    "/graphql/v2": {
        "data": {"deployments": {"edges": [{"node": {"id": "d", "status": "SUCCESS", "meta": {"commitHash": NEW}}}]}}
    },
    "/v6/deployments": {
        "deployments": [
            {
                "uid": "d",
                "readyState": "READY",
                "readySubstate": "PROMOTED",
                "target": "production",
                "aliasAssigned": True,
                "meta": {"githubCommitSha": NEW},
            }
        ]
    },
    "/api/v1/deployments/applications/a": {
        "count": 1,
        "deployments": [{"deployment_uuid": "d", "status": "finished", "commit": NEW}],
    },
    "/api/v1/applications/a": {"status": "running:healthy"},
    "/apis/apps/v1/namespaces/default/deployments/api": {
        "metadata": {"name": "api", "generation": 1},
        "spec": {"replicas": 1, "template": {"spec": {"containers": [{"image": f"app:prod-{NEW}"}]}}},
        "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1},
    },
    "/repos/acme/shop/deployments": [{"id": 7, "sha": NEW}],
    "/repos/acme/shop/deployments/7/statuses": [{"state": "success"}],
    "/v1/projects/p/database/migrations": [{"version": "20260701120000", "name": "add_orders"}],
}
"""What each address answers when all is well."""


async def platforms(connection: Connection) -> None:
    """Answer as every platform does, to who proves to be somebody."""
    path, headers = connection.target.partition("?")[0], connection.headers
    proof = headers.get("project-access-token") or headers.get("authorization", "").removeprefix("Bearer ")
    if proof != SECRET:
        await connection.send(response(b'{"message":"Unauthenticated."}', "401 Unauthorized"))
    elif connection.head.startswith(b"POST") and b"mutation" in await connection.body():
        await connection.send(response(b"", "500 Internal Server Error"))
    else:
        await connection.send(response(json.dumps(ANSWERS[path]).encode(), content_type="application/json"))


@in_loop
async def test_all_is_well() -> None:
    """Every platform answers that the release is live."""
    async with serving(platforms) as served:
        found = await judged_at(served.url)

    assert {one.outcome for one in found.values()} == {Outcome.PASSED}, found
    assert len(found) == len(everything(environment("https://x.test")))


HOSTILE: dict[str, Answer] = {
    "silent": silent,
    "HTML with 200": saying(response(b"<!doctype html><h1>Log in</h1>", content_type="text/html")),
    "a redirect to a login page": saying(response(b"", "302 Found", location="/login")),
    "an empty body": saying(response(b"", content_type="application/json")),
    "invalid JSON": saying(response(b'{"data": ', content_type="application/json")),
    "another type": saying(response(b"true", content_type="application/json")),
    "another object": saying(response(b"{}", content_type="application/json")),
    "null everywhere": saying(response(b'{"data":null,"deployments":null}', content_type="application/json")),
    "too deep": saying(response(b"[" * 20_000, content_type="application/json")),
    "401": saying(response(b"{}", "401 Unauthorized", content_type="application/json")),
    "403": saying(response(b"", "403 Forbidden")),
    "404": saying(response(b"nothing here", "404 Not Found")),
    "429": saying(response(b"", "429 Too Many Requests", retry_after="60")),
    "500": saying(response(b"oops", "500 Internal Server Error")),
    "not HTTP": saying(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_platforms_decide_nothing(kind: str) -> None:
    """Whatever comes in place of an answer, no platform fails the release, and the finding says why it cannot tell."""

    @in_loop
    async def run() -> None:
        async with serving(HOSTILE[kind]) as served:
            found = await judged_at(served.url)
        assert {name: one.outcome for name, one in found.items() if one.outcome is not Outcome.UNDECIDED} == {}, found
        assert Cause.RELEASE not in {one.cause for one in found.values()}
        assert all(one.message for one in found.values())

    run()


@in_loop
async def test_nobody_listens_or_speaks_tls() -> None:
    """A closed port and a server without TLS are the platform's doing, or this machine's, and not the release's."""
    closed = await judged_at(f"http://127.0.0.1:{free_port()}")
    async with serving(platforms) as served:
        plain = await judged_at(served.url.replace("http:", "https:"))

    for one in (*closed.values(), *plain.values()):
        assert one.outcome is Outcome.UNDECIDED
        assert one.cause in {Cause.DEPENDENCY, Cause.RUNNER}
