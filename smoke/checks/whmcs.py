"""WHMCS is up: as the system reports it, and as it answers us directly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._direct import DirectCheck, judge_answers
from smoke.checks._quota import DEGRADED
from smoke.checks._reported import ReportedCheck
from smoke.dependencies import whmcs, whmcs_rest
from smoke.dependencies.answer import Sender, Standing
from smoke.environment import Environment
from smoke.environment.dependencies import WhmcsDirect
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

NAME = "whmcs"
NAMED_AT_MOST = 3


@dataclass(frozen=True, kw_only=True)
class WhmcsReported(ReportedCheck):
    """The system reports that it reaches WHMCS."""

    kind: ClassVar[str] = NAME


@dataclass(frozen=True, kw_only=True)
class WhmcsDirectCheck(DirectCheck):
    """WHMCS answers the verifier's own call of its API."""

    kind: ClassVar[str] = NAME

    direct: WhmcsDirect

    async def ask(self, world: "World", sender: Sender) -> Observation:
        """Ask WHMCS for its version, or for its catalogue."""
        if self.direct.api == "rest":
            return Observation((await whmcs_rest.ask(sender, self.direct, self.timeout_s),))
        return Observation((await whmcs.ask(sender, self.direct, world.secret, self.timeout_s),))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge what the call proves."""
        read = whmcs_rest.read if self.direct.api == "rest" else whmcs.read
        return judge_answers(NAME, [read(one.exchanges[0]) for one in rounds if not one.obstacle])

    def reproduce(self) -> str:
        """Return the call with the names of its secrets in place of their values."""
        if self.direct.api == "rest":
            return f"curl '{whmcs_rest.address(self.direct)}'"
        form = "action=WhmcsDetails&identifier=$IDENTIFIER&secret=$SECRET&responsetype=json"
        return f"curl -d \"{form}\" '{whmcs.address(self.direct)}'"


@dataclass(frozen=True, kw_only=True)
class WhmcsHealthCheck(DirectCheck):
    """WHMCS finds nothing dangerous about its own installation."""

    kind: ClassVar[str] = NAME

    direct: WhmcsDirect

    async def ask(self, world: "World", sender: Sender) -> Observation:
        """Ask WHMCS how it is."""
        return Observation((await whmcs.ask(sender, self.direct, world.secret, self.timeout_s, whmcs.HEALTH),))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest answer: an installation in danger still serves, so it is degraded, and no outage."""
        exchange = rounds[-1].exchanges[0]
        answer, dangers = whmcs.read(exchange, whmcs.HEALTH), whmcs.dangers_in(exchange)
        facts, expected = {"dependency": NAME, "direct": "plain"}, "nothing dangerous"
        if answer.cause is not None:
            facts["direct"] = Standing.UNKNOWN.value
            return Judgement(Outcome.UNDECIDED, answer.message, answer.cause, expected, answer.message, facts)
        if not dangers:
            found = "nothing dangerous" if dangers is not None else "no checks, as some versions tell none"
            return Judgement(Outcome.PASSED, f"WHMCS reports {found}", None, expected, found, facts)
        found = f"{len(dangers)} dangers: {', '.join(dangers[:NAMED_AT_MOST])}"
        facts |= {"direct": DEGRADED, "signature": "dangers"}
        return Judgement(Outcome.FAILED, f"WHMCS reports {found}", Cause.DEPENDENCY, expected, found, facts)

    def reproduce(self) -> str:
        """Return the call with the names of its secrets in place of their values."""
        form = f"action={whmcs.HEALTH}&identifier=$IDENTIFIER&secret=$SECRET&responsetype=json"
        return f"curl -d \"{form}\" '{whmcs.address(self.direct)}'"


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return the checks that the environment describes; only the reported state is gating."""
    configured = environment.dependencies.whmcs
    if configured and configured.reported:
        yield WhmcsReported.of(NAME, configured.reported, environment)
    if configured and configured.direct:
        timeout_s = environment.dependencies.timeout_s
        direct, health = configured.direct, configured.direct.health
        yield WhmcsDirectCheck(subject="direct", gating=False, direct=direct, timeout_s=timeout_s)
        if health:
            yield WhmcsHealthCheck(subject="health", gating=health.gating, direct=direct, timeout_s=timeout_s)
