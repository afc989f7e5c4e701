"""The stand-ins for the platforms say what their originals say of the two deployments that they know."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from smoke.demo.platforms import SLOWLY_ENDS_S, Platforms
from smoke.demo.quirks import Quirk
from smoke.demo.serving import Serving
from smoke.demo.wire import Answer, Call, Peer, fetch
from smoke.dependencies import railway
from tests.demo.test_faults_declared import scene

TOKEN = [(b"host", b"x"), (b"authorization", b"Bearer secret")]
PROJECT = [(b"host", b"x"), (b"project-access-token", b"secret")]
AFTER, BEFORE = "b" * 40, "a" * 40
APPLICATION = "/api/v1/applications/api"
LISTED = "/api/v1/deployments/applications/api?skip=0&take=10"


def platforms(*quirks: Quirk, deployed: bool = True) -> Platforms:
    """Return those of a scene."""
    made = scene()
    made.settings = replace(made.settings, quirks=frozenset(quirks))
    known = Platforms(made)
    if deployed:
        known.deploy()
    return known


def asked(known: Platforms, call: Call) -> Answer:
    """Return the answer of one of them."""

    async def run() -> Answer:
        serving = Serving(known.app())
        peer = Peer(await serving.start())
        answer = await fetch(peer, call)
        await serving.stop()
        return answer

    return asyncio.run(run())


def got(path: str, *quirks: Quirk, deployed: bool = True) -> Any:
    """Return the JSON of one answer to a GET."""
    return json.loads(asked(platforms(*quirks, deployed=deployed), Call("GET", path, TOKEN)).body)


def nodes(known: Platforms, query: str = railway.QUERY) -> Any:
    """Return what Railway tells of a query: its nodes, or its errors."""
    body = json.dumps({"query": query, "variables": {"input": {"projectId": "p"}, "first": 10}}).encode()
    said = json.loads(asked(known, Call("POST", "/graphql/v2", PROJECT, body)).body)
    return said.get("errors") or [edge["node"] for edge in said["data"]["deployments"]["edges"]]


def test_railway() -> None:
    """It answers what was asked for, the newest first; what was replaced is removed, and tells no end."""
    (before,) = nodes(platforms(deployed=False))
    assert (before["status"], before["meta"]["commitHash"]) == ("SUCCESS", BEFORE)
    told = nodes(platforms())
    assert [(one["status"], one["meta"]["commitHash"]) for one in told] == [("SUCCESS", AFTER), ("REMOVED", BEFORE)]
    assert set(told[0]) == {"id", "status", "createdAt", "url", "meta"}
    assert nodes(platforms(Quirk.DEPLOYMENT_CRASHED))[0]["status"] == "CRASHED"


def test_railway_at_work() -> None:
    """A slow deployment is seen under way, and later as done."""
    known = platforms(Quirk.DEPLOYMENT_SLOW)
    assert nodes(known)[0]["status"] == "DEPLOYING"
    known.deployed_at = (known.deployed_at or 0.0) - SLOWLY_ENDS_S
    assert nodes(known)[0]["status"] == "SUCCESS"


def test_railway_refuses_with_200() -> None:
    """GraphQL tells errors in the answer: an unknown field, or no token."""
    (error,) = nodes(platforms(), "query { deployments { edges { node { id ended } } } }")
    assert error["message"] == 'Cannot query field "ended" on type "Deployment".'
    answer = asked(platforms(), Call("POST", "/graphql/v2", TOKEN[:1], b"{}"))
    assert (answer.status, json.loads(answer.body)["errors"][0]["message"]) == (200, "Not Authorized")


def test_vercel() -> None:
    """READY is live only when promoted and with its aliases."""
    newest, before = got("/v6/deployments?projectId=p&limit=10")["deployments"]
    assert (newest["readyState"], newest["readySubstate"], newest["aliasError"]) == ("READY", "PROMOTED", None)
    assert (newest["meta"]["githubCommitSha"], before["meta"]["githubCommitSha"]) == (AFTER, BEFORE)
    lost = got("/v6/deployments?projectId=p", Quirk.ALIAS_LOST)["deployments"][0]
    assert (lost["aliasAssigned"], lost["aliasError"]["code"]) == (None, "cert_missing")
    assert asked(platforms(), Call("GET", "/v6/deployments", TOKEN[:1])).status == 403


def test_coolify() -> None:
    """The list is an object; a uuid that never existed is a 404; a deployment may fail while the application runs."""
    listed = got(LISTED)
    assert (listed["count"], [one["commit"] for one in listed["deployments"]]) == (2, [AFTER, BEFORE])
    assert got(LISTED, Quirk.DEPLOYMENT_FAILED)["deployments"][0]["status"] == "failed"
    assert got(APPLICATION)["status"] == "running:healthy"
    assert got("/api/v1/deployments/dpl-before")["status"] == "finished"
    assert asked(platforms(), Call("GET", "/api/v1/deployments/none", TOKEN)).status == 404
    assert asked(platforms(), Call("GET", LISTED, TOKEN[:1])).status == 401
