"""Checks that ask a monitoring system about the release: late, and with few requests."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.checks._release_name import VERSION, version_told
from smoke.dependencies.answer import Answer
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


STEP_S = 1.0

WHEN_BEGAN = "say when the deploy began (`deployed_at` in the release manifest), or run `smoke prime` before it"
"""What decides where new cannot be told from old."""


@dataclass(frozen=True, kw_only=True)
class TelemetryCheck(Check):
    """
    A monitoring system tells nothing bad of the release.

    What happens takes a while to get there, so it is asked *after_s* after the release has settled. That it cannot be
    asked is never the release's fault.
    """

    stage: ClassVar[Stage] = Stage.MONITORING
    system: ClassVar[str]

    after_s: float
    timeout_s: float

    @abstractmethod
    async def look(self, world: "World", round_number: int) -> Observation:
        """Ask once; a SmokeError raised here (a missing secret) leaves the check undecided."""

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Wait until what happened can have arrived, then ask."""
        if round_number == 1:
            await self._let_arrive(world)
        if any(VERSION in one for one in self.patterns):
            await version_told(world, self.service)
        try:
            return await self.look(world, round_number)
        except SmokeError as error:
            return obstacle(error, facts=self.facts)

    def until(self, world: "World", within_s: float, round_number: int) -> float:
        """Return the moment until which something is waited for that is on its way: in the first look only."""
        return world.now() + (min(within_s, world.remaining_s() / 2) if round_number == 1 else 0.0)

    async def _let_arrive(self, world: "World") -> None:
        """Wait; but where other checks have proved that the release is at fault, its users wait for the rollback."""
        # What is left of the budget must do for asking twice.
        left_s = min(self.after_s, world.remaining_s() - 2 * self.timeout_s)
        while left_s > 0 and not world.condemned():
            await world.pause(min(STEP_S, left_s))
            left_s -= STEP_S

    @property
    def patterns(self) -> tuple[str, ...]:
        """Texts in which names of the release may have their places."""
        return ()

    @property
    def facts(self) -> dict[str, Any]:
        """Facts of every finding: the word of a witness carries no pass (see `smoke.verdict.decide`)."""
        return {"hearsay": self.system}

    def unheard(self, answer: Answer, expected: str, facts: Mapping[str, Any] | None = None) -> Judgement:
        """Return that the system could not be asked, as *answer* says."""
        told = {**self.facts, **(facts or {})}
        return Judgement(Outcome.UNDECIDED, answer.message, answer.cause, expected, answer.message, told)


def patience_s(environment: Environment) -> float:
    """Return how long after the release has settled monitoring systems are asked."""
    return max(environment.monitoring.after_s, environment.soak.lasts_s)
