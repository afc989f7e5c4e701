"""Log each role in once per run, whichever process gets there first; a refusal is remembered like a success."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from smoke.browser.credentials import Credentials
from smoke.browser.guard import login_writes
from smoke.browser.login_page import LoginPage
from smoke.browser.visit import Visit
from smoke.errors import SecretMissing
from smoke.journeys.judging import judge
from smoke.journeys.login import service_of_login, session_of, sign_in
from smoke.journeys.look import Look
from smoke.journeys.looking import Part, look
from smoke.journeys.world import JourneyWorld
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause

_ATTEMPTS = 2
"""So often a password is typed: enough to tell noise from a fault, and too few to lock an account."""


@dataclass(frozen=True, slots=True)
class RoleSession:
    """How the login of a role went; *session* (secret) is None unless it succeeded."""

    role: str
    looks: tuple[Look, ...] = ()
    session: Mapping[str, Any] | None = field(default=None, repr=False)
    obstacle: tuple[str, str] | None = None

    def judge(self, promise: str) -> Judgement:
        """Judge the login."""
        return judge(self.looks, promise, last=True)


def session(world: JourneyWorld, role: str) -> RoleSession:
    """Return how the login of *role* went in this run; the first that asks logs in, the others wait."""
    stored = world.once(f"browser-login-{role}", lambda: _log_in(world, role))
    obstacle = stored["obstacle"]
    made = RoleSession(
        role,
        tuple(Look.from_json(one) for one in stored["looks"]),
        stored["session"],
        tuple(obstacle) if obstacle else None,
    )
    if made.session is not None:
        world.evidence.remember(made.session)
        world.credentials(role)
    return made


def _log_in(world: JourneyWorld, role: str) -> dict[str, Any]:
    try:
        credentials = Credentials(*world.credentials(role))
    except SecretMissing as missing:
        return {"looks": [], "session": None, "obstacle": [str(missing), Cause.CREDENTIALS.value]}
    kept: dict[str, Any] = {}
    looks: list[Look] = []
    service = service_of_login(world.environment, role)

    attempts: list[int] = []

    def act(visit: Visit) -> None:
        form = LoginPage(visit, service)
        form.open()
        attempts.append(len(looks))  # a page that does not even open locks nobody's account
        sign_in(visit, form, service, credentials)
        kept.update(session_of(visit))

    writes = login_writes(world.environment, world.environment.services[service].url)
    rounds = max(_ATTEMPTS, world.environment.confirm.rounds)
    while not looks or (len(attempts) < _ATTEMPTS and len(looks) < rounds and judge(looks, "", last=False).unclear):
        if looks:
            world.pause(min(world.environment.confirm.pause_s, world.remaining_s()))
        kept.clear()
        seen = look(world, Part(f"login-{role}-{len(looks) + 1}", act, writes, credentials=credentials))
        looks.append(replace(seen, facts={**seen.facts, "role": role, "logged_in": bool(kept)}))
    return {"looks": [one.to_json() for one in looks], "session": kept or None, "obstacle": None}
