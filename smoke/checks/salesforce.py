"""Salesforce is up: as the system reports it, as it answers us directly, and as its vendor says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._direct import DirectCheck, judge_answers, with_trust
from smoke.checks._quota import judge_quota
from smoke.checks._reported import ReportedCheck
from smoke.dependencies import salesforce, salesforce_trust
from smoke.dependencies.answer import Sender, Standing
from smoke.dependencies.salesforce_trust import TrustState
from smoke.environment import Environment
from smoke.environment.dependencies import Quota, SalesforceDirect, Trust
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

NAME = "salesforce"

FEW = 0.1
"""The share of the daily API requests that is worth a note when less is left."""

TRUST_CAUSES = {TrustState.INCIDENT: Cause.DEPENDENCY, TrustState.MAINTENANCE: Cause.MAINTENANCE}


@dataclass(frozen=True, kw_only=True)
class SalesforceReported(ReportedCheck):
    """The system reports that it reaches Salesforce."""

    kind: ClassVar[str] = NAME


@dataclass(frozen=True, kw_only=True)
class SalesforceDirectCheck(DirectCheck):
    """Salesforce answers the verifier's own token request and query."""

    kind: ClassVar[str] = NAME

    direct: SalesforceDirect

    async def ask(self, world: "World", sender: Sender) -> Observation:
        """Ask Salesforce; where it is down, ask its status page too."""
        exchanges = await salesforce.ask(_means(world, sender, self.timeout_s), self.direct)
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
        return with_trust(_with_quota(judge_answers(NAME, answers), _calls(last)), state)

    def reproduce(self) -> str:
        """Return the call that needs no secret."""
        return f"curl '{salesforce.address(self.direct)}{salesforce.VERSIONS}'"


@dataclass(frozen=True, kw_only=True)
class SalesforceQuotaCheck(DirectCheck):
    """Of the org's daily API requests enough are left for the system's own calls."""

    kind: ClassVar[str] = NAME

    direct: SalesforceDirect
    quota: Quota

    async def ask(self, world: "World", sender: Sender) -> Observation:
        """Ask for the org's limits."""
        return Observation(await salesforce.ask_quota(_means(world, sender, self.timeout_s), self.direct))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge what is left; a degraded dependency still serves, so it is no outage."""
        exchanges = rounds[-1].exchanges
        left, answer = salesforce.quota_in(exchanges), salesforce.read(exchanges)
        return judge_quota(NAME, "daily API requests", left, self.quota.least_share, answer)

    def reproduce(self) -> str:
        """Return the call, with a variable in place of the token."""
        url = f"{salesforce.address(self.direct)}{salesforce.VERSIONS}latest/{salesforce.LIMITS}"
        return f"curl -H \"Authorization: Bearer $TOKEN\" '{url}'"


@dataclass(frozen=True, kw_only=True)
class SalesforceTrustCheck(DirectCheck):
    """Salesforce's status page reports neither an incident nor a maintenance of our instance."""

    kind: ClassVar[str] = NAME

    trust: Trust

    async def ask(self, world: "World", sender: Sender) -> Observation:
        """Read the instance's status."""
        return Observation((await salesforce_trust.ask(world.http, self.trust, self.timeout_s),))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest status; one that cannot be read says nothing about Salesforce."""
        state, found = salesforce_trust.read(rounds[-1].exchanges[0])
        facts = {"dependency": NAME, "trust": state.value}
        instance = self.trust.instance or self.trust.alias
        if state is TrustState.OK:
            return Judgement(Outcome.PASSED, f"instance {instance} is {found}", expected="OK", found=found, facts=facts)
        if state is TrustState.UNKNOWN:
            message = f"the status page tells nothing about instance {instance}: {found}"
            return Judgement(Outcome.UNDECIDED, message, Cause.RUNNER, expected="OK", found=found, facts=facts)
        details = salesforce_trust.details(rounds[-1].exchanges[0])
        message = f"Salesforce reports {state.value} of instance {instance}: {found}"
        message = f"{message} ({details})" if details else message
        return Judgement(Outcome.FAILED, message, TRUST_CAUSES[state], "OK", found, {**facts, "signature": found})

    def reproduce(self) -> str:
        """Return the call; it needs no login."""
        return f"curl '{salesforce_trust.address(self.trust)}'"


def _with_quota(judgement: Judgement, exchanges: Sequence[Exchange]) -> Judgement:
    """Note that few API requests are left, which every answer tells beside what was asked for."""
    left = salesforce.quota_in(exchanges)
    if judgement.outcome is not Outcome.PASSED or left is None or left[0] >= FEW * left[1]:
        return judgement
    noted = f"{left[0]} of {left[1]} daily API requests left"
    noted = "; ".join([str(judgement.facts["noted"]), noted] if "noted" in judgement.facts else [noted])
    return replace(judgement, facts={**judgement.facts, "noted": noted})


def _means(world: "World", sender: Sender, timeout_s: float) -> salesforce.Means:
    return salesforce.Means(sender, world.secret, timeout_s, world.now())


def _calls(observation: Observation) -> Sequence[Exchange]:
    return observation.exchanges[:-1] if observation.facts.get("trust") else observation.exchanges


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return the checks that the environment describes; only the reported state is gating."""
    configured = environment.dependencies.salesforce
    timeout_s = environment.dependencies.timeout_s
    if configured and configured.reported:
        yield SalesforceReported.of(NAME, configured.reported, environment)
    if configured and configured.direct:
        direct = configured.direct
        yield SalesforceDirectCheck(subject="direct", gating=False, direct=direct, timeout_s=timeout_s)
        if direct.quota:
            yield SalesforceQuotaCheck(
                subject="quota", gating=direct.quota.gating, direct=direct, quota=direct.quota, timeout_s=timeout_s
            )
        if direct.trust:
            yield SalesforceTrustCheck(subject="trust", gating=False, trust=direct.trust, timeout_s=timeout_s)
