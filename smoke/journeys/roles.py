"""Log each role in once per run, whichever process gets there first; a refusal is remembered like a success."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
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
from smoke.verdict.tally import samples_needed
from smoke.verdict.words import Cause

_ATTEMPTS = 2
"""So often a password is typed: enough to tell noise from a fault, and too few to lock an account."""

_MOST_AGAIN = 6
"""Most further logins with the right password, where one was turned away and another was not."""


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

    def attempt() -> Look:
        kept.clear()
        seen = look(world, Part(f"login-{role}-{len(looks) + 1}", act, writes, credentials=credentials))
        return replace(seen, facts={**seen.facts, "role": role, "logged_in": bool(kept)})

    rounds = max(_ATTEMPTS, world.environment.confirm.rounds)
    while not looks or (len(attempts) < _ATTEMPTS and len(looks) < rounds and judge(looks, "", last=False).unclear):
        if looks:
            world.pause(min(world.environment.confirm.pause_s, world.remaining_s()))
        looks.append(attempt())
    session = dict(kept)
    if session and any(map(_turned_away, looks)):
        looks += _again(world, attempt, _most(world, service))
    return {"looks": [one.to_json() for one in looks], "session": session or None, "obstacle": None}


def _turned_away(one: Look) -> bool:
    """Tell whether the login itself was answered with a refusal or an error, which a single replica may do."""
    if one.facts.get("refused"):
        return one.facts.get("status") != HTTPStatus.TOO_MANY_REQUESTS
    failed = HTTPStatus.INTERNAL_SERVER_ERROR
    return not one.met and any(each.method == "POST" and (each.status or 0) >= failed for each in one.events)


def _again(world: JourneyWorld, attempt: Callable[[], Look], most: int) -> list[Look]:
    """
    Log in again, after an attempt that was turned away and one that was not: until another is, or all are let in.

    One success does not absolve (law 8): one replica of several may let nobody in. Of attempts that failed for other
    reasons nothing is kept.
    """
    looks: list[Look] = []
    until_s = world.remaining_s() / 2
    while len(looks) < most and world.remaining_s() > until_s:
        seen = attempt()
        if not seen.met and not _turned_away(seen):
            break
        looks.append(seen)
        if not seen.met:
            break
    return looks


def _most(world: JourneyWorld, service: str) -> int:
    """Return how many further logins clear the replicas of whoever takes part; none where there is one only."""
    login = world.environment.login
    names = {service, login.service} if login else {service}
    share = min(world.environment.services[one].share for one in names)
    return 0 if share >= 1 else min(_MOST_AGAIN, samples_needed(share))
