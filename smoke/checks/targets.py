"""Metrics are collected: every target of a job is scraped, and there are enough of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._telemetry import TelemetryCheck
from smoke.dependencies import prometheus
from smoke.dependencies.answer import Answer
from smoke.dependencies.prometheus import Target
from smoke.environment import Environment
from smoke.environment.monitoring import Prometheus
from smoke.environment.telemetry import Targets
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

EVERY_S = 5.0


@dataclass(frozen=True, kw_only=True)
class TargetsCheck(TelemetryCheck):
    """
    Metrics are collected: every target of a job is scraped, and there are enough of them.

    A new replica takes an interval to be scraped and an old one a while to be forgotten, so that is waited for. A job
    that Prometheus has no target of may be called otherwise; where it had some before the deploy, they were lost.
    """

    kind: ClassVar[str] = "targets"
    system: ClassVar[str] = "prometheus"

    targets: Targets
    prometheus: Prometheus

    async def look(self, world: "World", round_number: int) -> Observation:
        """Ask until every target is up and there are enough, or the time for that is over."""
        request = prometheus.targets(self.prometheus, world.secret, self.timeout_s)
        until = self.until(world, self.targets.within_s, round_number)
        exchange = await world.http.send(request)
        while not self._complete(prometheus.read_targets(exchange, self.targets.job)):
            if world.now() >= until or world.condemned():
                break
            await world.pause(EVERY_S)
            exchange = await world.http.send(request)
        before = world.before(self.id)
        return Observation((exchange,), {"before": dict(before.measured) if before else {}})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest list."""
        found = prometheus.read_targets(rounds[-1].exchanges[0], self.targets.job)
        if isinstance(found, Answer):
            return self.unheard(found, self._expected)
        facts = {**self.facts, "measured": {"up": len(_up(found))}}
        if self._complete(found):
            message = f"{len(found)} of {len(found)} targets are up"
            return Judgement(Outcome.PASSED, message, expected=self._expected, found=message, facts=facts)
        if not found and not rounds[-1].facts["before"].get("up"):
            message = f"Prometheus has no target of the job {self.targets.job}"
            return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, self._expected, message, facts)
        down = [one for one in found if one.health == "down"]
        message = f"{len(_up(found))} of {len(found)} targets are up, expected {self._expected}{_named(down)}"
        unsure = len(found) >= self.targets.at_least and not down
        outcome = Outcome.UNDECIDED if unsure else Outcome.FAILED
        missing = max(0, self.targets.at_least - len(found))
        signature = f"{len(found) - len(_up(found))} targets not up, {missing} missing"
        return Judgement(outcome, message, Cause.RELEASE, self._expected, message, {**facts, "signature": signature})

    def reproduce(self) -> str:
        """Return the request; credentials are left out."""
        return f"curl '{self.prometheus.url}/api/v1/targets?state=active'"

    @property
    def _expected(self) -> str:
        return f"every target up, at least {self.targets.at_least}"

    def _complete(self, found: tuple[Target, ...] | Answer) -> bool:
        """Tell whether nothing is left to wait for; a list that cannot be read is not waited for either."""
        return isinstance(found, Answer) or len(found) == len(_up(found)) >= self.targets.at_least


def _up(targets: Sequence[Target]) -> list[Target]:
    return [one for one in targets if one.health == "up"]


def _named(down: Sequence[Target]) -> str:
    return f"; {down[0].instance}: {down[0].error or 'down'}" if down else ""


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each job; they wait on their own, so nothing has to have arrived."""
    system = environment.monitoring.prometheus
    if system is None:
        return
    for name, targets in environment.targets.items():
        yield TargetsCheck(
            subject=name,
            service=targets.service,
            gating=targets.gating,
            after_s=0.0,
            timeout_s=environment.monitoring.timeout_s,
            targets=targets,
            prometheus=system,
        )
