"""Build the world that checks observe through, from an environment and its secrets."""

import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

import anyio

from smoke.checks._attempts import noting
from smoke.checks._memory import Memory
from smoke.checks._session import log_in
from smoke.checks._world import Session, World
from smoke.environment.secrets import Secret, resolve
from smoke.errors import SmokeError
from smoke.http import Exchange
from smoke.http.client import HttpClient
from smoke.http.service_headers import carrier
from smoke.http.settings import HttpSettings
from smoke.running.earlier_logins import earlier_logins
from smoke.waiting import Patience

if TYPE_CHECKING:
    from smoke.running.run import Run

TOKEN_LENGTH = 16
"""Parts of a session header at least as long as this are tokens, and masked also when they appear alone."""


def open_world(run: "Run", condemned: Callable[[], bool] = lambda: False) -> World:
    """Return the world of *run*: its HTTP client, sessions, secrets and clock, and what is known of its end."""
    environment = run.environment
    asked = Counter[str]()
    http = HttpClient(_settings(run, lambda exchange: asked.update([_host(exchange.request.url)])))

    def secret(reference: Secret) -> str:
        return secret_of(run, reference)

    patience = Patience(anyio.sleep, run.remaining_s)
    memory = Memory()

    async def logged_in(role: str) -> Session:
        note = noting(memory, role, environment)
        session = await log_in(http, environment, role, secret, patience=patience, note=note)
        _hide(run, session.headers)
        return session

    sessions = Sessions(logged_in)
    return World(
        environment=environment,
        release=run.release,
        http=http,
        session=sessions.of,
        old_session=lambda role: _old_session(run, role),
        sessions=sessions.headers,
        before=lambda check: run.baseline.before.get(check) if run.baseline else None,
        secret=secret,
        remaining_s=run.remaining_s,
        now=time,
        pause=anyio.sleep,
        asked=lambda url: asked[_host(url)],
        condemned=condemned,
        memory=memory,
        earlier_logins=earlier_logins(Path(run.settings.state), environment.name),
    )


class Sessions:
    """Log every role in once; a refusal is remembered too, so that an account is never tried into a lock-out."""

    def __init__(self, log_in: Callable[[str], Awaitable[Session]]) -> None:
        self._log_in = log_in
        self._locks: dict[str, anyio.Lock] = {}
        self._known: dict[str, Session | SmokeError] = {}

    async def of(self, role: str) -> Session:
        """Return the session of *role*; raises LoginRefused or SecretMissing, each time the same."""
        async with self._locks.setdefault(role, anyio.Lock()):
            if role not in self._known:
                try:
                    self._known[role] = await self._log_in(role)
                except SmokeError as refusal:
                    self._known[role] = refusal
        known = self._known[role]
        if isinstance(known, SmokeError):
            raise known
        return known

    def headers(self) -> dict[str, dict[str, str]]:
        """Return the headers of every role that is logged in."""
        return {role: dict(one.headers) for role, one in self._known.items() if isinstance(one, Session)}


def secret_of(run: "Run", reference: Secret) -> str:
    """Resolve a secret reference and register its value with the redactor; raises SecretMissing."""
    value = resolve(reference, environ=os.environ, state=Path(run.settings.state))
    run.redactor.register(value)
    return value


def _old_session(run: "Run", role: str) -> Session | None:
    headers = dict(run.baseline.sessions.get(role, {})) if run.baseline else {}
    _hide(run, headers)
    return Session(role, headers) if headers else None


def _hide(run: "Run", headers: Mapping[str, str]) -> None:
    for value in headers.values():
        for part in [value, *re.split(r"[\s;=,]+", value)]:
            if len(part) >= TOKEN_LENGTH:
                run.redactor.register(part)


def _host(url: str) -> str:
    return url.split("/", 3)[2].lower() if url.count("/") > 1 else ""


def _settings(run: "Run", recorder: Callable[[Exchange], None]) -> HttpSettings:
    settings = HttpSettings.for_environment(
        run.environment,
        run_id=run.settings.run_id,
        connect_to=run.connect_to.target,
        ca_file=run.ca_file,
        recorder=recorder,
    )
    return replace(settings, carry=carrier(run.environment, lambda reference: secret_of(run, reference)))
