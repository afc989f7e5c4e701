"""What a direct call to WHMCS proves."""

import asyncio
from typing import Any

import pytest

from smoke.dependencies import whmcs
from smoke.environment.dependencies import WhmcsDirect
from smoke.http import Exchange, FailureKind, Request
from smoke.http.exchange import EXPIRED
from smoke.verdict.words import Cause
from tests.checks.fake_world import Answer, FakeHttp, answer, distrusted, failing, html, json_answer

API = "https://billing.test/includes/api.php"
DIRECT = WhmcsDirect.model_validate(
    {
        "url": "https://billing.test",
        "identifier": {"env": "ID"},
        "secret": {"env": "SECRET"},
        "access_key": {"env": "KEY"},
    }
)


def secret(reference: Any) -> str:
    """Resolve a reference to its name in lower case."""
    return str(reference.env).lower()


def error(message: str, status: int = 200) -> Exchange:
    """Return the error envelope, which comes with 200 or 403."""
    return json_answer({"result": "error", "message": message}, status)


def classic_api(request: Request) -> Exchange:
    """Answer as WHMCS does: one action, one credential."""
    form = dict(request.form or {})
    if (form.get("identifier"), form.get("secret")) != ("id", "secret"):
        return error("Authentication Failed", 403)
    if form.get("action") != "WhmcsDetails" or form.get("responsetype") != "json":
        return error("Command Not Found")
    return json_answer({"result": "success", "whmcs": {"version": "8.13.1"}})


def ask(given: Answer) -> tuple[Exchange, FakeHttp]:
    """Ask a WHMCS that answers *given*."""
    http = FakeHttp({API: given})
    return asyncio.run(whmcs.ask(http, DIRECT, secret, 5.0)), http


def test_answers_properly() -> None:
    """A success envelope means up, and tells the version."""
    exchange, http = ask(classic_api)

    assert whmcs.read(exchange).standing == "up"
    assert whmcs.read(exchange).facts == {"version": "8.13.1"}
    assert http.asked[0].form == {
        "action": "WhmcsDetails",
        "identifier": "id",
        "secret": "secret",
        "responsetype": "json",
        "accesskey": "key",
    }


def test_request_is_a_guarded_secret() -> None:
    """The request names its write, keeps its body out of records and follows no redirect."""
    _, http = ask(classic_api)

    request = http.asked[0]
    assert (request.write, request.secret_body, request.follow_redirects) == ("dependency:whmcs", True, False)


@pytest.mark.parametrize(
    ("given", "standing", "said"),
    [
        (error("Invalid IP 203.0.113.7", 403), "refused", "allow-list"),
        (error("Invalid IP 203.0.113.7", 200), "refused", "allow-list"),
        (error('Invalid Permissions: API action "whmcsdetails" is not allowed', 403), "refused", "role"),
        (error("authentication failed", 403), "refused", "identifier or secret"),
        (error("Access Denied", 200), "refused", "API access"),
        (error("Command Not Found"), "unknown", "Command Not Found"),
        (error("Something new", 403), "refused", "HTTP 403"),
        (error("Something new", 500), "down", "HTTP 500"),
        (json_answer({"result": "error"}), "unknown", "error"),
        (json_answer({"result": "success", "whmcs": None}), "up", "answers"),
        (json_answer({"result": "success"}, 503), "down", "HTTP 503"),
        (html("<h1>Down for maintenance</h1>"), "down", "page in place of its API"),
        (answer("<!doctype html>", content_type="application/json"), "down", "page in place of its API"),
        (html("<h1>Not found</h1>", 404), "unknown", "check the address"),
        (answer("", 302, headers={"location": "/login"}), "unknown", "check the address"),
        (answer("", 200), "down", "empty body"),
        (answer("{"), "unknown", "not an answer"),
        (answer(b"\xff\xfe"), "unknown", "not an answer"),
        (json_answer(["result"]), "unknown", "not an answer"),
        (json_answer({"status": "ok"}), "unknown", "not an answer"),
        (answer("slow down", 429), "refused", "HTTP 429"),
        (answer("bad gateway", 502), "down", "HTTP 502"),
        (
            answer("", 302, headers={"location": "https://sso.test/login?next=x"}),
            "unknown",
            "to https://sso.test/login,",
        ),
        (answer("x", 429, headers={"retry-after": "9000"}), "refused", "for 9000 s"),
        (distrusted("the certificate is for another name"), "unknown", "trust"),
        (distrusted(EXPIRED), "down", "expired"),
        (failing(FailureKind.RESET), "down", "no answer"),
        (failing(FailureKind.NAME), "unknown", "this machine's network"),
    ],
)
def test_what_each_answer_proves(given: Exchange, standing: str, said: str) -> None:
    """The body is read before the status, and only the documented refusals count as ours."""
    found = whmcs.read(ask(given)[0])

    assert found.standing == standing
    assert said in found.message


def test_causes() -> None:
    """Down is the dependency's doing, refused our credential's, our network the runner's."""
    causes = [whmcs.read(ask(one)[0]).cause for one in (failing(), error("Access Denied"), failing(FailureKind.NAME))]

    assert causes == [Cause.DEPENDENCY, Cause.CREDENTIALS, Cause.RUNNER]


@pytest.mark.parametrize(
    ("checks", "dangers"),
    [
        ({"success": [{"name": "PHP"}], "warning": [], "danger": []}, ()),
        ({"success": [], "danger": None}, ()),
        ({}, ()),
        (None, None),
        ([], None),
        ({"danger": [{"name": "cronKey", "type": "Cron", "body": "<p>a page</p>"}]}, ("cronKey",)),
        ({"danger": {"0": {"type": "Cron"}}}, ("Cron",)),
        ({"danger": ["a", {}, 3]}, ("a", "a check without a name", "3")),
        ({"danger": "x"}, ("x",)),
    ],
)
def test_dangers(checks: Any, dangers: Any) -> None:
    """Dangers are named, never quoted; every list may be missing, null or keyed."""
    assert whmcs.dangers_in(json_answer({"result": "success", "checks": checks})) == dangers


@pytest.mark.parametrize("body", [answer("{"), html("<h1>x</h1>"), json_answer([])])
def test_no_dangers_told(body: Exchange) -> None:
    """What is no answer of the API tells no dangers."""
    assert whmcs.dangers_in(body) is None
