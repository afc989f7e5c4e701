"""The login API accepts the right password and refuses a wrong one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import no_answer
from smoke.checks._attempts import noting
from smoke.checks._check import Check, Observation
from smoke.checks._credential import credential_of
from smoke.checks._login_page import is_sent_back
from smoke.checks._logins import ATTEMPTS, BEFORE, attempts, doubts, share_of, tried
from smoke.checks._obstacle import obstacle
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, commonest_fault, intern, locate, transport_facts
from smoke.checks._session import configured_login, fault_of, log_in, session_headers, try_login
from smoke.checks._world import Session
from smoke.checks.session import who_fault, who_request
from smoke.environment import Environment
from smoke.environment.promises import Login
from smoke.errors import LoginRefused, SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import Reading, Sample, read
from smoke.verdict.words import Cause, Outcome, Stage
from smoke.waiting import Patience

if TYPE_CHECKING:
    from smoke.checks._world import World

WRONG_PASSWORD = "smokegate-is-refused-with-this"  # noqa: S105 - it is meant to be wrong
REFUSES = "refuses-wrong-password"


@dataclass(frozen=True, kw_only=True)
class LoginCheck(SampledCheck):
    """
    The login API accepts the right password, and every replica accepts the session it gives.

    One login a run and role; where an attempt was not accepted, and another was, more are made to tell a bad replica
    from chance. With *everywhere* they are made in any case.
    """

    kind: ClassVar[str] = "login"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    role: str
    who: str | None
    """The whole URL that answers to a session only."""
    who_contains: str | None = None
    everywhere: bool = False

    async def request(self, world: "World") -> Request:
        """Ask who the run's session belongs to."""
        return who_request(world, self.who or "", await world.session(self.role), self.who_contains)

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Take the run's session, or log in afresh where it was refused before; then use it everywhere."""
        try:
            session, doubted = await self._session(world, round_number)
        except LoginRefused as refusal:
            seen = {"refusal": str(refusal), "status": refusal.status, "measured": credential_of(world, self.role)}
            return Observation(facts={**refusal.facts, **seen})
        except SmokeError as error:
            return obstacle(error, facts={"role": self.role})
        answers: tuple[Exchange, ...] = ()
        if self.who:
            asked = who_request(world, self.who, session, self.who_contains)
            answers = await world.http.sample(asked, self.times(round_number))
        facts: dict[str, Any] = {BEFORE: list(session.faults), "measured": credential_of(world, self.role)}
        if self.everywhere or (round_number > 1 and doubted):
            facts[ATTEMPTS] = await attempts(world, self.role, self.share, self.replica_header)
        return Observation(intern(answers), facts)

    def fault(self, exchange: Exchange) -> str | None:
        """Demand that the session is accepted."""
        fault = who_fault(exchange, self.who_contains)
        return f"a fresh session gets {fault}" if fault else None

    @property
    def expected(self) -> str:
        """What a good login leads to."""
        return "a session that every replica accepts" if self.who else "a session"

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the attempts to log in first, then what became of the session."""
        last = rounds[-1]
        if "refusal" in last.facts:
            return self._refused(last.facts)
        used = [one for one in rounds if one.exchanges]
        judgement = super().judge(used) if used else Judgement(Outcome.PASSED, "logged in", facts={"answered": True})
        facts = {**judgement.facts, "role": self.role, "measured": last.facts["measured"]}
        if judgement.outcome is not Outcome.PASSED:
            return replace(judgement, facts=facts)
        facts["logged_in"] = True
        judgement = self._doubted(rounds, replace(judgement, facts=facts))
        refusals = [str(one.facts["refusal"]) for one in rounds if "refusal" in one.facts]
        if refusals and judgement.outcome is Outcome.PASSED:
            message = f"{refusals[0]}; a later attempt was accepted"
            return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self.expected, refusals[0], facts, unclear=True)
        return judgement

    def _doubted(self, rounds: Sequence[Observation], passed: Judgement) -> Judgement:
        """Judge a login that was accepted at a later attempt only: by what became of further ones."""
        looks = tried(rounds)
        reading, last = read(looks, self.share), looks[-1]
        before = rounds[0].facts.get(BEFORE, ())
        first = {"noted": f"a first attempt was not accepted: {'; '.join(before)}"} if before else {}
        doubtful = any(one.fault for look in looks for one in look)
        if not doubtful or (len(looks) == 1 and len(rounds) > 1):  # or a limit was reached
            return replace(passed, facts={**passed.facts, **first})
        if len(looks) > 1 and (reading is Reading.HEALTHY or not any(one.fault for one in last)):
            noted = {name: f"{said}; {len(last)} further ones were" for name, said in first.items()}
            return replace(passed, facts={**passed.facts, **noted})
        fault = commonest_fault(looks) or ""
        facts = {**passed.facts, "signature": fault, "failed_share": share_of(looks)}
        where = locate([one for each in looks for one in each])
        message = f"the login of role {self.role} was not accepted: {fault} {where}"
        if reading is Reading.FAULTY:
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self.expected, fault, facts)
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self.expected, fault, facts, unclear=True)

    def _refused(self, seen: Mapping[str, Any]) -> Judgement:
        message = str(seen["refusal"])
        facts = {key: value for key, value in seen.items() if key != "refusal"}
        if seen["status"] == HTTPStatus.TOO_MANY_REQUESTS:
            said = f"{message}: too many attempts, ours or others'"
            facts["blocked_by"] = f"login-limit/{self.service}"  # it tells whose limit it is
            return Judgement(Outcome.UNDECIDED, said, Cause.SUITE, self.expected, message, facts)
        return Judgement(Outcome.FAILED, message, expected=self.expected, found=message, facts=facts)

    async def _session(self, world: "World", round_number: int) -> tuple[Session, bool]:
        """Return a session, and whether any attempt of the run's own acquisition was not accepted."""
        try:
            session = await world.session(self.role)
            return session, bool(doubts(session.faults))
        except LoginRefused:
            if round_number == 1:
                raise
            patience = Patience(world.pause, world.remaining_s)
            note = noting(world.memory, self.role, world.environment)
            fresh = await log_in(world.http, world.environment, self.role, world.secret, patience=patience, note=note)
            return fresh, True


@dataclass(frozen=True, kw_only=True)
class WrongPasswordCheck(Check):
    """The login API refuses a wrong password."""

    kind: ClassVar[str] = "login"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    role: str
    login: Login
    share: float = 1.0
    replica_header: str | None = None

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Try one wrong password, as more could lock the account; after an error the right one, again and again."""
        try:
            user = world.secret(world.environment.roles[self.role].user)
            exchange = await try_login(world.http, world.environment, self.role, user, WRONG_PASSWORD)
            noting(world.memory, self.role, world.environment)(exchange)
            further = round_number > 1 and self._refuses(exchange)
            tries = await attempts(world, self.role, self.share, self.replica_header) if further else []
            return Observation((exchange,), {ATTEMPTS: tries})
        except SmokeError as error:
            return obstacle(error)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest answer; a wrong password that was accepted once is never explained by noise."""
        looks = [one.exchanges[0] for one in rounds if one.exchanges]
        last = looks[-1]
        facts = transport_facts(looks)
        expected, found = f"HTTP {' or '.join(map(str, self.login.refused))}", last.outline()
        accepted = [one for one in looks if session_headers(self.login, one)]
        if accepted:
            message = f"a wrong password was accepted: {accepted[0].outline()}"
            facts["signature"] = "accepts a wrong password"
            failed = Judgement(Outcome.FAILED, message, Cause.RELEASE, expected, found, facts)
            once = last not in accepted
            return replace(failed, outcome=Outcome.UNDECIDED, unclear=True) if once else failed
        if self._refuses(last):
            broken = self._broken(looks[0], rounds)
            if broken is not None:
                return replace(broken, expected="every login to be answered", facts={**facts, **broken.facts})
            if len(looks) > 1:
                facts["noted"] = f"a first look met {looks[0].outline()}"
            return Judgement(Outcome.PASSED, f"refused with {found}", expected=expected, found=found, facts=facts)
        if last.status in self.login.accepted:  # some say no with a 200
            message = f"refused: {found}, but no session"
            return Judgement(Outcome.PASSED, message, expected=expected, found=found, facts=facts)
        if last.status == HTTPStatus.TOO_MANY_REQUESTS:
            message = "not decided: the login answers HTTP 429, too many attempts"
            facts["blocked_by"] = f"login-limit/{self.service}"
            return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, expected, found, facts)
        facts["signature"] = no_answer(last) or f"HTTP {last.status}"
        message = f"a wrong password was neither refused nor accepted: {found}"
        return Judgement(Outcome.FAILED, message, expected=expected, found=found, facts=facts)

    def _refuses(self, exchange: Exchange) -> bool:
        return exchange.status in self.login.refused or is_sent_back(self.login, exchange)

    def _broken(self, first: Exchange, rounds: Sequence[Observation]) -> Judgement | None:
        """Return that logins fail too often for chance, after a first look that met an error, if they do."""
        if (first.status or 0) < HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        later = [[Sample(**one) for one in seen.facts[ATTEMPTS]] for seen in rounds if seen.facts.get(ATTEMPTS)]
        looks = [[Sample(fault_of(self.login, first))], *later]
        reading = read(looks, self.share)
        if not later or reading is Reading.HEALTHY or not any(one.fault for one in later[-1]):
            return None
        fault = commonest_fault(later) or ""
        message = f"logins are not always answered: {fault} {locate([one for each in looks for one in each])}"
        known = {"signature": fault, "failed_share": share_of(looks)}
        outcome = Outcome.FAILED if reading is Reading.FAULTY else Outcome.UNDECIDED
        unclear = reading is not Reading.FAULTY
        return Judgement(outcome, message, Cause.RELEASE, found=fault, facts=known, unclear=unclear)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each role, and one wrong password for the last of them."""
    if environment.login is None or not environment.roles:
        return
    login = configured_login(environment)
    service = environment.services[login.service]
    for role in environment.roles:
        yield LoginCheck(
            subject=role,
            **every_replica_of(environment, login.service),
            role=role,
            who=service.url + login.who if login.who else None,
            who_contains=login.who_contains,
            everywhere=bool(login.everywhere) and service.share < 1,
        )
    # The last role, as the first is usually the one that most other checks need.
    yield WrongPasswordCheck(
        subject=REFUSES,
        **every_replica_of(environment, login.service),
        role=list(environment.roles)[-1],
        login=login,
    )
