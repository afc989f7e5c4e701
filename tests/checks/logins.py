"""A small login API for tests: two accounts, cookie sessions, and whatever a test makes it do instead."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from smoke.checks._session import log_in
from smoke.checks._world import Session, World
from smoke.environment import Environment
from smoke.errors import SecretMissing, SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.release import Release
from smoke.waiting import Patience
from tests.checks.fake_world import Answer, answer, environment_of, json_answer, world_of

LOGIN = "https://api.test/auth/login"
WHO = "https://api.test/auth/me"

SECRETS = {"USER": "smoke@test", "PASSWORD": "right-password", "OTHER_USER": "control@test", "OTHER": "other-password"}


def portal(replicas: int = 3, login: dict[str, Any] | None = None, **keys: Any) -> Environment:
    """Return an environment with a login API and two roles."""
    return environment_of(
        services={"bff": {"url": "https://api.test", "replicas": replicas, "replica_header": "x-replica"}},
        login={"path": "/auth/login", "user_field": "email", "who": "/auth/me", **(login or {})},
        roles={
            "customer": {"user": {"env": "USER"}, "password": {"env": "PASSWORD"}},
            "control": {"user": {"env": "OTHER_USER"}, "password": {"env": "OTHER"}},
        },
        **keys,
    )


def secret(reference: Any) -> str:
    """Resolve a reference; any that is not in `SECRETS` is missing."""
    try:
        return SECRETS[reference.env]
    except KeyError:
        raise SecretMissing(f"set {reference.env}") from None


def replicas() -> Callable[[], str]:
    """Return a function that names replicas a, b, c in turn."""
    names: Iterator[int] = iter(range(10**9))
    return lambda: "abc"[next(names) % 3]


@dataclass
class LoginApi:
    """
    Accepts the accounts of `SECRETS`.

    *attempts* lists the users that tried; *login* and *who* may answer in place of the API: they return None to let it
    answer itself.
    """

    login: Callable[[Request, int], Exchange | None] = lambda _request, _number: None
    who: Callable[[Request, str], Exchange | None] = lambda _request, _replica: None
    attempts: list[str] = field(default_factory=list)
    _next: Callable[[], str] = field(default_factory=replicas)

    def routes(self) -> dict[str, Answer]:
        """Return the routes for `FakeHttp`."""
        return {LOGIN: self._login, WHO: self._who}

    def _login(self, request: Request) -> Exchange:
        self.attempts.append(request.json["email"])
        instead = self.login(request, len(self.attempts))
        if instead:
            return instead
        pairs = {("smoke@test", "right-password"), ("control@test", "other-password")}
        if (request.json["email"], request.json["password"]) not in pairs:
            return json_answer({"message": "Unauthorized", "statusCode": 401}, 401)
        cookie = {"set-cookie": "session=abc123; Path=/; Secure; HttpOnly; SameSite=Lax"}
        return json_answer({"ok": True}, headers=cookie)

    def _who(self, request: Request) -> Exchange:
        replica = self._next()
        instead = self.who(request, replica)
        if instead:
            return instead
        if request.headers.get("Cookie") != "session=abc123":
            return answer("", 401, headers={"x-replica": replica})
        return json_answer({"email": "smoke@test"}, headers={"x-replica": replica})


def logged_in_world(
    routes: dict[str, Answer], environment: Environment, release: Release | None = None, *, patient: bool = False
) -> World:
    """Return a world that logs in through the API, once for each role, refusals remembered; *patient* as runs are."""
    known: dict[str, Session | SmokeError] = {}

    async def session(role: str) -> Session:
        if role not in known:
            try:
                patience = Patience(world.pause, world.remaining_s) if patient else None
                known[role] = await log_in(world.http, environment, role, secret, patience=patience)
            except SmokeError as error:
                known[role] = error
        found = known[role]
        if isinstance(found, SmokeError):
            raise found
        return found

    world = world_of(routes, environment, release, secret=secret, session=session)
    return world
