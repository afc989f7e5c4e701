"""The stand-ins for Salesforce and WHMCS answer as the real ones do, errors included."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import pytest
from starlette.types import ASGIApp

from smoke.demo.outages import Outage
from smoke.demo.release import Credential
from smoke.demo.salesforce import Org
from smoke.demo.serving import Serving
from smoke.demo.whmcs import Installation
from smoke.demo.wire import Answer, Call, Peer, fetch

OURS = Credential("ours", "right")
FORM = [(b"host", b"x"), (b"content-type", b"application/x-www-form-urlencoded")]


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[Peer]:
    """Serve *app* on loopback."""
    serving = Serving(app)
    try:
        yield Peer(await serving.start())
    finally:
        await serving.stop(abruptly=True)


def asked(app: ASGIApp, call: Call) -> Answer:
    """Return the answer of *app* to one call."""

    async def run() -> Answer:
        async with served(app) as peer:
            return await fetch(peer, call)

    return asyncio.run(run())


def get(app: ASGIApp, path: str, token: str = "") -> Answer:
    """GET *path* with a bearer token."""
    return asked(app, Call("GET", path, [(b"host", b"x"), (b"authorization", f"Bearer {token}".encode().strip())]))


def post(app: ASGIApp, path: str, **fields: str) -> Answer:
    """POST a form."""
    return asked(app, Call("POST", path, FORM, urlencode(fields).encode()))


def org() -> Org:
    """Return an org that knows one client."""
    return Org("https://acme.my.salesforce.demo.test", (OURS,))


TOKEN = {"grant_type": "client_credentials", "client_id": "ours", "client_secret": "right"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "other"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "invalid_client"),
    ],
)
def test_salesforce_refuses_with_oauth_errors(change: dict[str, str], error: str) -> None:
    """Each mistake has its own code, with status 400."""
    answer = post(org().app(), "/services/oauth2/token", **{**TOKEN, **change})
    assert (answer.status, json.loads(answer.body)["error"]) == (400, error)


def test_salesforce_tokens_open_rest() -> None:
    """A token from the endpoint is accepted, anything else is INVALID_SESSION_ID in an array."""
    acme = org()
    token = json.loads(post(acme.app(), "/services/oauth2/token", **TOKEN).body)
    assert token["issued_at"].isdigit()
    assert get(acme.app(), "/services/data/v67.0/limits", token["access_token"]).status == 200
    refused = get(acme.app(), "/services/data/v67.0/limits", "stale")
    assert (refused.status, json.loads(refused.body)[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    userinfo = get(acme.app(), "/services/oauth2/userinfo", "stale")
    assert (userinfo.status, userinfo.body) == (403, b"Bad_OAuth_Token")


def test_salesforce_lists_its_versions_to_everybody() -> None:
    """The list of versions needs no token and costs no call."""
    answer = get(org().app(), "/services/data/")
    assert json.loads(answer.body)[-1]["version"] == "68.0"
    assert answer.header(b"sforce-limit-info") == b""


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/services/data/v67.0/query?q=SELECT+Id+FROM+Nothing", 400, "INVALID_TYPE"),
        ("/services/nowhere", 404, "NOT_FOUND"),
    ],
)
def test_salesforce_errors_are_arrays(path: str, status: int, code: str) -> None:
    """Unknown objects and resources are errors with a code."""
    answer = get(org().app(), path)
    assert (answer.status, json.loads(answer.body)[0]["errorCode"]) == (status, code)


def test_salesforce_down_is_down_for_everything_but_its_status() -> None:
    """While it is down every resource is 503, and the Trust API says why."""
    acme = org()
    acme.outage = Outage.UNAVAILABLE
    assert get(acme.app(), "/services/data/").status == 503
    status = json.loads(get(acme.status_app(), "/v1/instances/AP15/status").body)
    assert (status["status"], len(status["Incidents"])) == ("MAJOR_INCIDENT_CORE", 1)
    assert get(acme.status_app(), "/v1/instances/NA1/status").status == 404


WHMCS = {"identifier": "ours", "secret": "right"}


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({**WHMCS, "action": "Nothing"}, 200, 'Action "nothing" not found'),
        ({**WHMCS, "secret": "wrong", "action": "WhmcsDetails"}, 403, "Authentication Failed"),
        ({"action": "WhmcsDetails"}, 403, "Authentication Failed"),
        ({"identifier": "stranger", "secret": "right", "action": "WhmcsDetails"}, 403, "Invalid IP 203.0.113.7"),
    ],
)
def test_whmcs_tells_errors_by_their_message(fields: dict[str, str], status: int, message: str) -> None:
    """The message is all there is, and the status is not always one of failure."""
    answer = post(Installation((OURS,), frozenset({"stranger"})).app(), "/includes/api.php", **fields)
    assert (answer.status, json.loads(answer.body)) == (status, {"result": "error", "message": message})


@pytest.mark.parametrize("action", ["WhmcsDetails", "whmcsdetails", "GetInvoices", "GetProducts", "GetHealthStatus"])
def test_whmcs_answers_its_actions(action: str) -> None:
    """Known actions succeed, whatever their capitals; username and password may carry the credential."""
    for names in (("identifier", "secret"), ("username", "password")):
        fields = dict(zip(names, ("ours", "right"), strict=True))
        answer = post(Installation((OURS,)).app(), "/includes/api.php", action=action, **fields)
        assert json.loads(answer.body)["result"] == "success"
