"""The limit for logins counts each client or account by itself, never all users together."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._attempts import Attempt, attempts_in, noting
from smoke.checks._check import Check, Observation
from smoke.checks._lockout import Known, Look, Reading, read
from smoke.checks._session import try_login
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

BAD = frozenset({Reading.EVERYBODY, Reading.CROWDED})
SIGNATURE = "the login limit counts all users together"
BROWSER_ATTEMPTS = 2
"""How often the journeys log a role in at most."""

WOULD_DECIDE = {
    Reading.ACCOUNT: "only the account of role {role} is limited, by attempts of ours or of others who test with it",
    Reading.OURS: "our own attempts may have used the limit up",
    Reading.UNTOLD: "nothing tells whether every account is limited",
}
ELSEWHERE = (
    "verify again while nobody else behind this machine's address logs in or tests with these accounts: "
    "what they do counts as ours"
)
DECIDERS = {
    Reading.ACCOUNT: "verify again when the login limit has reset, with an account that nobody else tests with",
    Reading.OURS: "verify again when the login limit has reset",
    Reading.UNTOLD: "name a second role in the environment file",
}


@dataclass(frozen=True, kw_only=True)
class LoginLimitCheck(Check):
    """The limit for logins counts each client or account by itself, never all users together."""

    kind: ClassVar[str] = "login-limit"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    roles: tuple[str, ...]
    browser: int

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Read what the logins of this run met; only where somebody was limited, log in once more to compare."""
        if round_number == 1:
            for role in self.roles:
                with suppress(SmokeError):
                    await world.session(role)
            look = Look(attempts_in(world.memory))
        else:
            look = Look(tuple([one for role in self.roles for one in await self._attempt(world, role)]))
        look = Look(look.attempts, await self._control(world, look))
        before = world.before(self.id)
        measured = before.measured if before else {}
        known = Known(attempts_in(world.memory), self.browser, measured, world.earlier_logins)
        facts = {
            "reading": read(look, known).value,
            "unlimited_before": known.unlimited_before,
            "ours": known.certain(look.every()[-1]) if look.every() else 0,
            "limited": [one.role for one in look.every() if one.limited],
            "attempts": [one.to_json() for one in look.every()],
            "measured": {
                "attempts": len(known.run) + self.browser,
                "limited": any(one.limited for one in known.run),
                "crowded": any(one.used is not None and one.used > known.possible(one) for one in known.run),
                "window_s": known.window_s,
                "at": world.now(),
            },
        }
        return Observation(facts=facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """
        Condemn what two looks saw; say what would decide where one look or one account is all there is.

        A counter that runs ahead of us limits nobody yet, and whoever else tests from this address drives it just as
        other users would: it condemns nothing before every account is refused.
        """
        readings = [Reading(one.facts["reading"]) for one in rounds]
        last, bad = readings[-1], [one for one in readings if one in BAD]
        facts = {"login_limit": True, "measured": rounds[-1].facts["measured"], "answered": True}
        if last in BAD or len(bad) > 1:
            return self._counts_all(rounds, bad, facts)
        if last in WOULD_DECIDE:
            limited = rounds[-1].facts["limited"]
            message = f"logins get HTTP 429: {WOULD_DECIDE[last].format(role=limited[0] if limited else '')}"
            facts["decider"] = DECIDERS[last]
            return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, self._expected, message, facts)
        if bad:
            message = f"{self._said(rounds)}, but not when looked at again"
            return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._expected, message, facts, unclear=True)
        found = f"{len(rounds[-1].facts['attempts'])} logins, none limited"
        passed = Judgement(Outcome.PASSED, found, expected=self._expected, found=found, facts=facts)
        if last is Reading.DENSE and len(rounds) == 1:
            message = "the login limit has counted more attempts than were certainly ours"
            return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, self._expected, message, facts, unclear=True)
        return passed

    @property
    def _expected(self) -> str:
        return "a limit that others cannot use up"

    def _counts_all(self, rounds: Sequence[Observation], bad: Sequence[Reading], facts: dict[str, Any]) -> Judgement:
        """Others' attempts count against us: the release's doing if it was not so before, and everybody is refused."""
        said = self._said(rounds)
        facts["signature"] = SIGNATURE
        if not rounds[-1].facts["unlimited_before"] and Reading.EVERYBODY not in bad:
            message = f"{said}; others behind our own address may be why, as nothing tells how it was before the deploy"
            return Judgement(
                Outcome.PASSED, message, expected=self._expected, found=said, facts={**facts, "noted": message}
            )
        message = f"{SIGNATURE}: {said}"
        if Reading.EVERYBODY not in bad:
            doubt = f"{said}, and nobody is limited yet: others behind this machine's address may be why"
            facts["decider"] = ELSEWHERE
            return Judgement(Outcome.UNDECIDED, doubt, Cause.SUITE, self._expected, said, facts, unclear=True)
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._expected, said, facts)

    def _said(self, rounds: Sequence[Observation]) -> str:
        """Say the gravest thing that was seen, in numbers."""
        seen = [one.facts for one in rounds if Reading(one.facts["reading"]) in BAD]
        grave = next((one for one in seen if one["reading"] == Reading.EVERYBODY.value), seen[-1])
        last = grave["attempts"][-1]
        limit = f", and {last['limit']} are allowed" if last["limit"] is not None else ""
        ours = f"this run made {grave['ours']} {'attempt' if grave['ours'] == 1 else 'attempts'}"
        if grave["reading"] == Reading.EVERYBODY.value:
            who = " and ".join(sorted(set(grave["limited"])))
            return f"the accounts of {who} are refused with HTTP 429, although {ours}{limit}"
        used = max(one["used"] or 0 for one in grave["attempts"])
        return f"it has counted {used} attempts, although {ours}"

    async def _attempt(self, world: "World", role: str) -> list[Attempt]:
        """Log *role* in once more, for the sake of the answer; nobody to log in with is no attempt."""
        named = world.environment.roles[role]
        try:
            user, password = world.secret(named.user), world.secret(named.password)
            exchange = await try_login(world.http, world.environment, role, user, password)
        except SmokeError:
            return []
        noting(world.memory, role, world.environment)(exchange)
        return [attempts_in(world.memory)[-1]]

    async def _control(self, world: "World", look: Look) -> tuple[Attempt, ...]:
        """
        Where one account is limited and another is not, try the first, the other and the first again.

        Only then is it the account: in between, a window may have ended for all.
        """
        firsts = look.firsts()
        limited = [role for role, one in firsts.items() if one.limited]
        others = [role for role, one in firsts.items() if not one.limited and one.status is not None]
        if not limited or not others:
            return ()
        tries = [await self._attempt(world, role) for role in (limited[0], others[0], limited[0])]
        return tuple(one for each in tries for one in each)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for the login API."""
    if environment.login is not None and environment.roles:
        in_browser = {one.role for one in environment.journeys if one.role}
        yield LoginLimitCheck(
            subject=environment.login.service,
            service=environment.login.service,
            roles=tuple(environment.roles),
            browser=BROWSER_ATTEMPTS * len(in_browser),
        )
