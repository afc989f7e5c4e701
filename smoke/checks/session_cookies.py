"""The cookies of a login are guarded as before the deploy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from smoke.checks._check import Check, Observation
from smoke.checks._cookie_guards import HTTP_ONLY, SECURE, Guards, guards_of, losses, relaxed, vanished
from smoke.checks._obstacle import obstacle
from smoke.checks._session import configured_login
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.verdict.evidence import BETWEEN_FAULTS
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

NO_BASELINE = "nothing tells how the cookies were guarded before the deploy: run `smoke prime` first"

EXPECTED = "cookies of the login with all that guarded them before the deploy"


@dataclass(frozen=True, kw_only=True)
class SessionCookiesCheck(Check):
    """
    The cookies of a login keep the attributes that guarded them before the deploy: Secure, HttpOnly, SameSite.

    The login of the run tells them; nothing more is asked. A cookie with another name is another cookie: only if no
    cookie has any more what guarded the old one is that lost. That a release ends all sessions changes nothing. Of
    SameSite alone nobody but a person can tell whether other sites are let in on purpose, so that holds.
    """

    kind: ClassVar[str] = "session-cookies"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL
    watches: ClassVar[bool] = True

    role: str
    encrypted: bool
    carried: bool
    """Whether the cookies are the session, or a token is and they come beside it."""

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Take what the login of the run has set, and what it had set before the deploy."""
        try:
            session = await world.session(self.role)
        except SmokeError as error:
            return obstacle(error, facts={"role": self.role})
        before = world.before(self.id)
        then = before.measured.get("cookies") if before else None
        return Observation(facts={"now": guards_of(session.cookies), "then": then})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Compare with before the deploy, cookie by cookie."""
        now: Guards = rounds[-1].facts["now"]
        then: Guards | None = rounds[-1].facts["then"]
        facts: dict[str, Any] = {"role": self.role, "measured": {"cookies": now}, "answered": True}
        if then is None:
            return Judgement(Outcome.SKIPPED, NO_BASELINE, facts={**facts, "waived": "no baseline"})
        lost = BETWEEN_FAULTS.join(self._lost(then, now))
        if lost:
            outcome = Outcome.FAILED if self._opens(then, now) else Outcome.UNDECIDED
            facts |= {"signature": lost} if outcome is Outcome.FAILED else {"decider": self._meant}
            message = f"{lost}, unlike before the deploy"
            return Judgement(outcome, message, Cause.RELEASE, _in_words(then), _in_words(now), facts)
        noted = [f"{name} was SameSite=Strict and is Lax now" for name in relaxed(then, now)]
        if noted:
            facts["noted"] = BETWEEN_FAULTS.join(noted)
        message = BETWEEN_FAULTS.join([f"{_in_words(now)}, no less than before the deploy", *noted])
        return Judgement(Outcome.PASSED, message, None, EXPECTED, _in_words(now), facts)

    @property
    def _meant(self) -> str:
        return f"see whether the release means it, then declare {self.id} as retired in the release manifest"

    def _opens(self, then: Guards, now: Guards) -> bool:
        """Tell whether the session is open to scripts or plain connections; other sites may be let in on purpose."""
        kinds = {one for lost in losses(then, now, encrypted=self.encrypted).values() for one in lost}
        return bool(kinds & {SECURE, HTTP_ONLY} or self._vanished(then, now))

    def _vanished(self, then: Guards, now: Guards) -> list[str]:
        return vanished(then, now, encrypted=self.encrypted) if self.carried else []

    def _lost(self, then: Guards, now: Guards) -> Iterator[str]:
        found = losses(then, now, encrypted=self.encrypted)
        yield from (f"the cookie {name} of the login has lost {' and '.join(lost)}" for name, lost in found.items())
        gone = self._vanished(then, now)
        if gone:
            yield f"no cookie of the login has {' or '.join(gone)} any more"


def checks(environment: Environment, release: Release) -> Iterator[SessionCookiesCheck]:
    """Return one check for each role."""
    if environment.login is None:
        return
    login = configured_login(environment)
    encrypted = urlsplit(environment.services[login.service].url).scheme == "https"
    for role in environment.roles:
        yield SessionCookiesCheck(
            subject=role, service=login.service, role=role, encrypted=encrypted, carried=login.token is None
        )


def _in_words(cookies: Mapping[str, Sequence[str]]) -> str:
    said = [
        f"{name} with {', '.join(guards)}" if guards else f"{name} with nothing" for name, guards in cookies.items()
    ]
    return BETWEEN_FAULTS.join(said) or "no cookie that may be a secret"
