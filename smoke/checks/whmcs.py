"""WHMCS is up: as the system reports it, and as it answers us directly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._direct import judge_answers
from smoke.checks._obstacle import obstacle
from smoke.checks._reported import ReportedCheck
from smoke.dependencies import whmcs
from smoke.dependencies._answer import Standing
from smoke.environment import Environment
from smoke.environment.dependencies import WhmcsDirect
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

NAME = "whmcs"


@dataclass(frozen=True, kw_only=True)
class WhmcsReported(ReportedCheck):
    """The system reports that it reaches WHMCS."""

    kind: ClassVar[str] = NAME


@dataclass(frozen=True, kw_only=True)
class WhmcsDirectCheck(Check):
    """WHMCS answers the verifier's own call of its API."""

    kind: ClassVar[str] = NAME
    stage: ClassVar[Stage] = Stage.INTEGRATION
    independent: ClassVar[bool] = True

    direct: WhmcsDirect
    timeout_s: float

    async def observe(self, world: "World", round_number: int) -> Observation:  # noqa: ARG002 - every look is the same
        """Ask WHMCS for its version."""
        try:
            return Observation((await whmcs.ask(world.http, self.direct, world.secret, self.timeout_s),))
        except SmokeError as error:
            return obstacle(error, facts={"dependency": NAME, "direct": Standing.UNKNOWN.value})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge what the call proves."""
        return judge_answers(NAME, [whmcs.read(one.exchanges[0]) for one in rounds if not one.obstacle])

    def reproduce(self) -> str:
        """Return the call with the names of its secrets in place of their values."""
        form = "action=WhmcsDetails&identifier=$IDENTIFIER&secret=$SECRET&responsetype=json"
        return f"curl -d \"{form}\" '{whmcs.address(self.direct)}'"


def checks(environment: Environment, release: Release) -> Iterator[Check]:  # noqa: ARG001 - the same for every release
    """Return the checks that the environment describes; only the reported state is gating."""
    configured = environment.dependencies.whmcs
    if configured and configured.reported:
        yield WhmcsReported.of(NAME, configured.reported, environment)
    if configured and configured.direct:
        timeout_s = environment.dependencies.timeout_s
        yield WhmcsDirectCheck(subject="direct", gating=False, direct=configured.direct, timeout_s=timeout_s)
