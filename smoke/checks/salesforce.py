"""Salesforce is up: as the system reports it, as it answers us directly, and as its vendor says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._direct import judge_answers, with_trust
from smoke.checks._obstacle import obstacle
from smoke.checks._reported import ReportedCheck
from smoke.dependencies import salesforce, salesforce_trust
from smoke.dependencies._answer import Standing
from smoke.dependencies.salesforce_trust import TrustState
from smoke.environment import Environment
from smoke.environment.dependencies import SalesforceDirect, Trust
from smoke.errors import SmokeError
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

NAME = "salesforce"

TRUST_CAUSES = {TrustState.INCIDENT: Cause.DEPENDENCY, TrustState.MAINTENANCE: Cause.MAINTENANCE}


@dataclass(frozen=True, kw_only=True)
class SalesforceReported(ReportedCheck):
    """The system reports that it reaches Salesforce."""

    kind: ClassVar[str] = NAME


@dataclass(frozen=True, kw_only=True)
class SalesforceDirectCheck(Check):
    """Salesforce answers the verifier's own token request and query."""

    kind: ClassVar[str] = NAME
    stage: ClassVar[Stage] = Stage.INTEGRATION
    independent: ClassVar[bool] = True

    direct: SalesforceDirect
    timeout_s: float

    async def observe(self, world: "World", round_number: int) -> Observation:  # noqa: ARG002 - every look is the same
        """Ask Salesforce; where it is down, ask its status page too."""
        try:
            exchanges = await salesforce.ask(world.http, self.direct, world.secret, self.timeout_s)
        except SmokeError as error:
            return obstacle(error, facts={"dependency": NAME, "direct": Standing.UNKNOWN.value})
        down = salesforce.read(exchanges).standing is Standing.DOWN
        if down and self.direct.trust:
            trust = await salesforce_trust.ask(world.http, self.direct.trust, self.timeout_s)
            return Observation((*exchanges, trust), {"trust": True})
        return Observation(exchanges)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge what the calls prove."""
        answers = [salesforce.read(_calls(one)) for one in rounds if not one.obstacle]
        last = rounds[-1]
        state = salesforce_trust.read(last.exchanges[-1])[0] if last.facts.get("trust") else None
        return with_trust(judge_answers(NAME, answers), state)

    def reproduce(self) -> str:
        """Return the call that needs no secret."""
        return f"curl '{salesforce.address(self.direct)}{salesforce.VERSIONS}'"


@dataclass(frozen=True, kw_only=True)
class SalesforceTrustCheck(Check):
    """Salesforce's status page reports neither an incident nor a maintenance of our instance."""

    kind: ClassVar[str] = NAME
    stage: ClassVar[Stage] = Stage.INTEGRATION
    independent: ClassVar[bool] = True

    trust: Trust
    timeout_s: float

    async def observe(self, world: "World", round_number: int) -> Observation:  # noqa: ARG002 - every look is the same
        """Read the instance's status."""
        return Observation((await salesforce_trust.ask(world.http, self.trust, self.timeout_s),))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest status; one that cannot be read says nothing about Salesforce."""
        state, found = salesforce_trust.read(rounds[-1].exchanges[0])
        facts = {"dependency": NAME, "trust": state.value}
        instance = self.trust.instance
        if state is TrustState.OK:
            return Judgement(Outcome.PASSED, f"instance {instance} is {found}", expected="OK", found=found, facts=facts)
        if state is TrustState.UNKNOWN:
            message = f"the status page tells nothing about instance {instance}: {found}"
            return Judgement(Outcome.UNDECIDED, message, Cause.RUNNER, expected="OK", found=found, facts=facts)
        message = f"Salesforce reports {state.value} of instance {instance}: {found}"
        return Judgement(Outcome.FAILED, message, TRUST_CAUSES[state], "OK", found, {**facts, "signature": found})

    def reproduce(self) -> str:
        """Return the call; it needs no login."""
        return f"curl '{salesforce_trust.address(self.trust)}'"


def _calls(observation: Observation) -> Sequence[Exchange]:
    return observation.exchanges[:-1] if observation.facts.get("trust") else observation.exchanges


def checks(environment: Environment, release: Release) -> Iterator[Check]:  # noqa: ARG001 - the same for every release
    """Return the checks that the environment describes; only the reported state is gating."""
    configured = environment.dependencies.salesforce
    timeout_s = environment.dependencies.timeout_s
    if configured and configured.reported:
        yield SalesforceReported.of(NAME, configured.reported, environment)
    if configured and configured.direct:
        direct = configured.direct
        yield SalesforceDirectCheck(subject="direct", gating=False, direct=direct, timeout_s=timeout_s)
        if direct.trust:
            yield SalesforceTrustCheck(subject="trust", gating=False, trust=direct.trust, timeout_s=timeout_s)
