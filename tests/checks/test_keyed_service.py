"""A service that wants a client's key is looked at by every check, over real sockets and with the real client."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from smoke.checks import burst, keys, latency, login, private, protected, reads, warm
from smoke.checks._session import log_in
from smoke.checks._world import Session
from smoke.environment import Environment
from smoke.environment.secrets import Secret
from smoke.errors import SecretMissing
from smoke.http.guard import allowed_writes
from smoke.http.service_headers import carrier
from smoke.verdict.attribution import attribute
from smoke.verdict.finding import Finding, Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import conclude, environment_of, world_of
from tests.http.servers import Connection, client, in_loop, response, serving
from tests.verdict.made import plan

MODULES = (reads, protected, login, keys, latency, burst, warm, private)
SECRETS = {"KEY": "key-of-the-client", "USER": "smoke@example.test", "PASSWORD": "correct horse"}


def environment(url: str) -> Environment:
    """Return an environment with a key, a login, reads with and without a role, and a route that must be shut."""
    service = {"url": url, "headers": {"X-API-Key": {"env": "KEY", "below": "/v1"}}}
    return environment_of(
        services={"bff": service},
        roles={"user": {"user": {"env": "USER"}, "password": {"env": "PASSWORD"}}},
        login={"path": "/v1/login", "who": "/v1/me", "token": "token"},
        reads=[
            {"name": "models", "path": "/v1/models", "timed": True, "burst": 4},
            {"name": "own", "path": "/v1/me", "role": "user"},
        ],
        protected=[{"name": "account", "path": "/v1/me"}],
        keys={"client": {"path": "/v1/models", "header": "X-API-Key", "current": {"env": "KEY"}}},
    )


class Api:
    """Refuses whoever lacks the key, and tells an account to whoever is logged in besides; *seen* are the heads."""

    def __init__(self, key: str = SECRETS["KEY"]) -> None:
        self.key = key
        self.seen: list[Connection] = []

    async def __call__(self, connection: Connection) -> None:
        """Answer one request."""
        self.seen.append(connection)
        status, content = self._answer(connection, (await connection.body()).decode())
        await connection.send(response(json.dumps(content).encode(), status, content_type="application/json"))

    def _answer(self, connection: Connection, body: str) -> tuple[str, dict[str, Any]]:
        headers = connection.headers
        if headers.get("x-api-key") != self.key:
            return "401 Unauthorized", {"message": "Invalid API key"}
        if connection.target == "/v1/login" and SECRETS["PASSWORD"] in body:
            return "200 OK", {"token": "token-of-the-session"}
        if (
            connection.target in {"/v1/me", "/v1/login"}
            and headers.get("authorization") != "Bearer token-of-the-session"
        ):
            return "401 Unauthorized", {"message": "Unauthorized"}
        return "200 OK", {"items": [1]}


def look_up(known: dict[str, str]) -> Callable[[object], str]:
    """Return a look-up of secrets."""

    def secret(reference: object) -> str:
        assert isinstance(reference, Secret)
        if reference.env not in known:
            raise SecretMissing(f"the variable {reference.env} is not set; set {reference.env}", unset=True)
        return known[reference.env]

    return secret


async def judged(api: Api, known: dict[str, str] = SECRETS) -> dict[str, Judgement]:
    """Conclude every check of a service behind *api*, with these secrets."""
    async with serving(api) as served:
        described = environment(served.url)
        secret = look_up(known)
        async with client(carry=carrier(described, secret), writes=allowed_writes(described)) as http:

            async def session(role: str) -> Session:
                return await log_in(http, described, role, secret)

            world = world_of({}, described, secret=secret, http=http, session=session)
            checks = [one for module in MODULES for one in module.checks(described, Release())]
            return {one.id: await conclude(one, world) for one in checks}


def attributed(found: dict[str, Judgement]) -> dict[str, tuple[Outcome, Cause | None]]:
    """Return outcome and cause of each once all findings are known."""
    stage = protected.ProtectedCheck.stage
    findings = [
        Finding(name, stage, one.outcome, one.message, "bff", cause=one.cause, facts=one.facts)
        for name, one in found.items()
    ]
    return {one.check: (one.outcome, one.cause) for one in attribute(plan(*findings), findings)}


@in_loop
async def test_let_in() -> None:
    """With the key everything passes: what needs a login, what must be refused, what is timed."""
    api = Api()
    found = await judged(api)
    assert {name: one.message for name, one in found.items() if one.outcome is Outcome.FAILED} == {}
    assert {name for name, one in attributed(found).items() if one[0] is Outcome.PASSED} >= {
        *("read/models", "read/own", "protected/account", "login/user", "key/client-current"),
        *("protected/client-without-key", "protected/client-wrong-key", "latency/models", "burst/models"),
        "private/session",
    }
    anonymous = [one.headers for one in api.seen if one.target == "/v1/me" and "authorization" not in one.headers]
    assert anonymous
    assert {one["x-api-key"] for one in anonymous} == {SECRETS["KEY"]}
    assert SECRETS["KEY"] not in str(found)


@in_loop
async def test_the_release_forgets_the_key() -> None:
    """A key that is refused everywhere fails, and what is content with a refusal proves nothing."""
    found = attributed(await judged(Api(key="another")))
    assert found["read/models"] == found["key/client-current"] == (Outcome.FAILED, Cause.RELEASE)
    assert found["protected/account"] == (Outcome.UNDECIDED, Cause.RELEASE)
    assert found["protected/client-without-key"] == (Outcome.PASSED, None)


@pytest.mark.parametrize("value", ["", "two\nlines"])
@in_loop
async def test_nobody_provides_the_key(value: str) -> None:
    """Without its value nothing that needs it is asked, and each check says what to set."""
    api = Api()
    known = {name: one for name, one in SECRETS.items() if name != "KEY"}
    found = await judged(api, {**known, "KEY": value} if value else known)
    undecided = {name: one for name, one in found.items() if one.outcome is Outcome.UNDECIDED}
    assert {"read/models", "read/own", "protected/account", "latency/models", "private/session"} <= set(undecided)
    assert {one.cause for one in undecided.values()} == {Cause.CREDENTIALS}
    assert "KEY" in undecided["read/models"].message
    assert {one.target for one in api.seen if one.headers.get("x-api-key") is None} <= {"/v1/models"}
