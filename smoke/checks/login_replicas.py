"""Every replica lets people log in, as far as a few logins tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._attempts import Attempt, attempts_in
from smoke.checks._check import Check, Observation
from smoke.checks._logins import ATTEMPTS, attempt, attempts, sample_of, share_of
from smoke.checks._sampled import commonest_fault, locate
from smoke.checks._session import configured_login
from smoke.environment import Environment
from smoke.environment.promises import Login
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import Reading, Sample, read, samples_needed
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

MOST_UNTOLD = 5
"""Logins of a run in all where no limit is told: they miss one replica of two once in 32 times, and are few."""

MOST_EACH = 5
"""Logins of each account where a limit tells that there is room: fewer than lock any out."""

WORTH_A_NOTE = 0.05
"""Chance to have missed a nameless replica from which on that is said."""

LEAST_LEFT_S = 10.0
"""With less of the budget left nothing is tried any more."""

NOBODY = "nobody was logged in, so that no replica was met"
REMEDY = "login.everywhere = true makes as many as it takes"

ACCEPTED = "accepted"


@dataclass(frozen=True, kw_only=True)
class LoginReplicasCheck(Check):
    """
    Every replica lets people log in, as far as a few logins tell.

    One login a role keeps clear of limits, and misses one replica of two every second time. So a release is looked at
    by a few more, in the end, when nothing hangs on them any more, one after the other, by each role in its turn: as
    many as it takes where the limit tells that there is room for them and for another run, else up to five in all. A
    limit or a lock-out ends that, and counts as nothing; what is not accepted is followed. It is said how many replicas
    were met.
    """

    kind: ClassVar[str] = "login-replicas"
    stage: ClassVar[Stage] = Stage.CONFIRM

    login: Login
    replicas: int
    share: float
    replica_header: str | None = None

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Read which replicas the logins of the run met; make a few more."""
        known = [one for one in attempts_in(world.memory) if one.accepted]
        roles = list(dict.fromkeys(one.role for one in known))
        met = [{"fault": None, "replica": one.replica} for one in known]
        if not roles:
            return Observation(facts={ACCEPTED: [], ATTEMPTS: [], "announced": False})
        further: list[dict[str, Any]] = []
        if round_number > 1:
            further = await attempts(world, roles[-1], self.share, self.replica_header)
        elif world.release.commit and not world.condemned():
            further = await self._few(world, roles, met)
        told = bool(world.release.commit) and not world.condemned()
        return Observation(facts={ACCEPTED: met, ATTEMPTS: further, "announced": told})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the further attempts; those of the run have checks of their own."""
        begun = [Sample(**one) for one in rounds[0].facts[ACCEPTED]]
        if not begun:
            return Judgement(Outcome.SKIPPED, NOBODY, facts={"waived": "nobody"})
        later = [[Sample(**one) for one in seen.facts[ATTEMPTS]] for seen in rounds]
        looks = [[*begun, *later[0]], *(one for one in later[1:] if one)]
        if not any(one.fault for each in looks for one in each):
            return self._passed([one for each in looks for one in each], announced=rounds[0].facts["announced"])
        return self._doubted(looks, rounds)

    @property
    def _expected(self) -> str:
        return f"every login to be accepted, by each of {self.replicas} replicas"

    def _passed(self, accepted: Sequence[Sample], *, announced: bool) -> Judgement:
        names = {one.replica for one in accepted if one.replica}
        logins = f"{len(accepted)} {'login' if len(accepted) == 1 else 'logins'}"
        message = f"{logins} accepted" + (f", by {len(names)} of {self.replicas} replicas" if names else "")
        facts: dict[str, Any] = {"answered": True}
        enough = samples_needed(self.share, WORTH_A_NOTE)
        every = len(names) >= self.replicas if names else len(accepted) >= enough
        if not every and announced:
            unseen = "" if names else f", too few to have met each of {self.replicas} replicas"
            facts["noted"] = message = f"{message}{unseen}; {REMEDY}"
        return Judgement(Outcome.PASSED, message, None, self._expected, message, facts)

    def _doubted(self, looks: Sequence[Sequence[Sample]], rounds: Sequence[Observation]) -> Judgement:
        every = [one for each in looks for one in each]
        fault, where = commonest_fault(looks) or "", locate(every)
        facts = {"answered": True, "signature": fault, "failed_share": share_of(looks)}
        reading = read(looks, self.share)
        if len(looks) > 1 and reading is Reading.HEALTHY:
            return self._noted(f"{fault} {where}, not seen again")
        message = f"a login was not accepted: {fault} {where}"
        if reading is Reading.FAULTY and _may_be_a_limit(every):
            message = f"{message}, and none after it was: a limit of logins may answer so too"
            facts["decider"] = "verify again when a limit of logins would have reset"
            return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, self._expected, fault, facts)
        if reading is Reading.FAULTY:
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._expected, fault, facts)
        if len(looks) == 1 and len(rounds) > 1:  # a limit was reached, or the accounts are spared
            message = f"{message}; no more could be tried"
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._expected, fault, facts, unclear=True)

    def _noted(self, message: str) -> Judgement:
        return Judgement(Outcome.PASSED, message, None, self._expected, message, {"answered": True, "noted": message})

    async def _few(self, world: "World", roles: Sequence[str], met: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Log roles in, in their turn, until every replica was met or no more should be tried."""
        further: list[dict[str, Any]] = []
        while self._one_more(world, [*met, *further]):
            role = roles[len(further) % len(roles)]
            try:
                exchange = await attempt(world, role)
            except SmokeError:
                break
            if exchange.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.LOCKED}:
                break
            further.append(sample_of(self.login, exchange, self.replica_header))
            if further[-1]["fault"]:
                break
        return further

    def _one_more(self, world: "World", met: Sequence[dict[str, Any]]) -> bool:
        names = {one["replica"] for one in met if one["replica"]}
        needed = len(names) < self.replicas if names else len(met) < samples_needed(self.share)
        allowed = _allows(attempts_in(world.memory), len(met))
        return needed and allowed and world.remaining_s() > LEAST_LEFT_S


def _allows(made: Sequence[Attempt], logins: int) -> bool:
    """Tell whether one login more is harmless after the attempts that were *made*, of which some were *logins*."""
    told = [one.limit - one.used for one in made if one.limit is not None and one.used is not None]
    if any(one.limited for one in made):
        return False
    if not told:
        return logins < MOST_UNTOLD
    roles = len({one.role for one in made})
    return logins < MOST_EACH * roles and min(told[-roles:]) > 2 * len(made)


def _may_be_a_limit(samples: Sequence[Sample]) -> bool:
    """
    Tell whether nobody was let in any more once somebody was not, though no server failed: our own logins may do that.

    Of several replicas the others would go on to let people in; where replicas name themselves, they tell.
    """
    faults = [one.fault for one in samples]
    first = next(number for number, fault in enumerate(faults) if fault)
    if not all(fault and not fault.startswith("HTTP 5") for fault in faults[first:]):
        return False
    failing = {one.replica for one in samples if one.fault}
    return None in failing or bool(failing & {one.replica for one in samples if not one.fault})


def checks(environment: Environment, release: Release) -> Iterator[LoginReplicasCheck]:
    """Return the check, where there are several replicas, and each role does not log in at all of them anyway."""
    if environment.login is None or not environment.roles or environment.login.everywhere is not None:
        return
    login = configured_login(environment)
    service = environment.services[login.service]
    if service.replicas > 1:
        yield LoginReplicasCheck(
            subject=login.service,
            service=login.service,
            login=login,
            replicas=service.replicas,
            share=service.share,
            replica_header=service.replica_header,
        )
