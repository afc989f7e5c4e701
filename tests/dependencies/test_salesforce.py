"""What a direct call to Salesforce proves."""

import asyncio

import pytest

from smoke.dependencies import salesforce
from smoke.dependencies.answer import Answer, Standing
from smoke.http import Exchange, FailureKind
from smoke.http.exchange import EXPIRED
from smoke.verdict.words import Cause
from tests.checks.fake_world import NOW, FakeHttp, answer, distrusted, failing, html, json_answer
from tests.dependencies.fake_salesforce import DIRECT, FakeSalesforce, rest_error, secret


def ask(fake: FakeSalesforce) -> tuple[Answer, FakeHttp]:
    """Ask *fake* and read what came."""
    http = FakeHttp(fake.routes())
    return salesforce.read(asyncio.run(salesforce.ask(salesforce.Means(http, secret, 5.0, NOW), DIRECT))), http


def test_answers_properly() -> None:
    """A listed version, a token and a query together mean up, and tell the instance."""
    found, http = ask(FakeSalesforce())

    assert found.standing is Standing.UP
    assert found.facts == {"instance": "AP15"}
    assert [one.method for one in http.asked] == ["GET", "POST", "GET"]


def test_token_request_is_a_guarded_secret() -> None:
    """The token request names its write and keeps its body out of records; no secret is in any URL."""
    _, http = ask(FakeSalesforce())

    token = http.asked[1]
    assert (token.write, token.secret_body) == ("dependency:salesforce", True)
    assert not any("consumer" in one.url for one in http.asked)


def test_session_expired_once() -> None:
    """One expired session is cured by one new token."""
    found, http = ask(FakeSalesforce(expired=1))

    assert found.standing is Standing.UP
    assert len(http.asked) == 5


def test_session_always_expired() -> None:
    """A second expired session ends the attempts: we are refused."""
    found, http = ask(FakeSalesforce(expired=99))

    assert (found.standing, found.cause) == (Standing.REFUSED, Cause.CREDENTIALS)
    assert len(http.asked) == 5


@pytest.mark.parametrize(
    "text", ["This session is not valid for use with the REST API", "Connected app is not attached to Agent"]
)
def test_refusals_that_a_new_token_does_not_cure(text: str) -> None:
    """These two texts of a 401 are no expiry, so no second token is asked for."""
    found, http = ask(FakeSalesforce(instead={"query": rest_error("INVALID_SESSION_ID", text, 401)}))

    assert found.standing is Standing.REFUSED
    assert len(http.asked) == 3


def oauth_error(error: str, description: str | None = None) -> Exchange:
    """Return an OAuth error, whose description may be absent."""
    return json_answer({"error": error, **({"error_description": description} if description else {})}, 400)


@pytest.mark.parametrize(
    ("instead", "standing", "said"),
    [
        ({"token": oauth_error("invalid_client", "invalid client credentials")}, "refused", "invalid_client"),
        ({"token": oauth_error("invalid_client_id")}, "refused", "invalid_client_id"),
        ({"token": oauth_error("invalid_grant", "no client credentials user enabled")}, "refused", "user enabled"),
        ({"token": oauth_error("invalid_grant", "request not supported on this domain")}, "refused", "My Domain"),
        ({"token": answer("Forbidden", 403)}, "refused", "HTTP 403"),
        ({"token": json_answer({"error": "server_error"}, 503)}, "down", "HTTP 503"),
        ({"token": html("<h1>Maintenance</h1>")}, "down", "page in place of its API"),
        ({"token": json_answer({"token_type": "Bearer"})}, "unknown", "without access_token"),
        ({"token": json_answer({"access_token": "x", "instance_url": "javascript:0"})}, "unknown", "instance_url"),
        ({"token": failing(FailureKind.TIMEOUT)}, "down", "no answer"),
        ({"query": rest_error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)}, "down", "every caller"),
        ({"query": rest_error("API_DISABLED_FOR_ORG", "no", 403)}, "refused", "API_DISABLED_FOR_ORG"),
        ({"query": rest_error("NOT_FOUND", "gone", 404)}, "unknown", "NOT_FOUND"),
        ({"query": rest_error("SERVER_UNAVAILABLE", "try later", 503)}, "down", "HTTP 503"),
        ({"query": answer("Bad_OAuth_Token", 403)}, "refused", "HTTP 403"),
        ({"query": html("<html>We are down for maintenance", 200)}, "down", "page"),
        ({"query": json_answer({"records": None})}, "unknown", "not an answer of its API"),
        (
            {"versions": answer("", 302, headers={"location": "https://sso.test/login?next=x"})},
            "unknown",
            "to https://sso.test/login,",
        ),
        ({"versions": answer("x", 429, headers={"retry-after": "9000"})}, "refused", "for 9000 s"),
        ({"versions": distrusted("the certificate is for another name")}, "unknown", "trust"),
        ({"versions": distrusted(EXPIRED)}, "down", "expired"),
        ({"versions": failing(FailureKind.REFUSED)}, "down", "no answer"),
        ({"versions": failing(FailureKind.NAME)}, "unknown", "this machine's network"),
        ({"versions": failing(FailureKind.UNREACHABLE)}, "unknown", "this machine's network"),
        ({"versions": json_answer([])}, "unknown", "address"),
        ({"versions": json_answer([{"version": 65}, "x", {"version": "latest"}])}, "unknown", "address"),
        ({"versions": answer("", 200)}, "down", "empty body"),
        ({"versions": answer(b"[\xff", content_type="application/json")}, "unknown", "not an answer"),
        ({"versions": answer("[" * 100_000, content_type="application/json")}, "unknown", "not an answer"),
        ({"versions": answer('[{"version":"65.0"}]', truncated=True)}, "unknown", "not an answer"),
        ({"versions": answer("slow down", 429)}, "refused", "HTTP 429"),
        ({"versions": html("<h1>Not found</h1>", 404)}, "unknown", "check the address"),
        ({"versions": html("<h1>Bad gateway</h1>", 502)}, "down", "HTTP 502"),
    ],
)
def test_what_each_answer_proves(instead: dict[str, Exchange], standing: str, said: str) -> None:
    """They are down, we are refused, and nothing is proved are told apart, with a reason in words."""
    found, _ = ask(FakeSalesforce(instead=instead))

    assert found.standing == standing
    assert said in found.message
    assert (found.cause is None) == (standing == "up")


def test_quota_is_everybodys() -> None:
    """A used-up quota is noted as such, since it refuses every caller of the org."""
    quota = rest_error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)

    found, http = ask(FakeSalesforce(instead={"query": quota}))

    assert found.facts == {"quota": True}
    assert len(http.asked) == 3
