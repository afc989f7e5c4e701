"""Every replica of a service says that it is well, now, and means it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import find, parse
from smoke.checks._check import Observation
from smoke.checks._health_answer import HealthReading, read_health
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl, intern
from smoke.checks._timestamps import LIVE_S, age_s, epoch_s, stale, stands_still
from smoke.environment import Environment
from smoke.environment.services import Health
from smoke.http import Exchange, Request
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

SECOND_ASK_S = 1.5
"""Pause before the second ask, longer than the resolution of time stamps in whole seconds."""


def checks(environment: Environment, release: Release) -> Iterator["HealthCheck"]:
    """Return a check for each service that tells its health."""
    third_parties = tuple(environment.dependencies.by_name())
    for name, service in environment.services.items():
        if service.health is not None:
            yield HealthCheck(
                subject=name,
                **every_replica_of(environment, name),
                url=f"{service.url}{service.health.path}",
                health=service.health,
                third_parties=third_parties,
            )


@dataclass(frozen=True, kw_only=True)
class HealthCheck(SampledCheck):
    """
    Every replica says that it is well, in words that mean it, freshly and not out of a cache.

    HTTP 200 alone is not healthy, and a word that is in no table is never healthy. *Degraded* still serves: it passes
    with a note, as does an optional component that is down. A failure that lies with a third party alone names it in
    the facts, so that a direct call to that party decides whose failure it is.
    """

    kind: ClassVar[str] = "health"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    url: str
    health: Health
    third_parties: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """The state that is due."""
        parts = " with every required component" if self.health.components else ""
        return f"healthy{parts}, freshly answered"

    async def request(self, world: "World") -> Request:
        """Return the plain health request."""
        return Request("GET", self.url)

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask; ask again after a pause if the time stamps may be frozen."""
        first = await super().observe(world, round_number)
        if not any(self._may_be_frozen(one) for one in first.exchanges):
            return first
        await world.pause(SECOND_ASK_S)
        again = await super().observe(world, round_number)
        return Observation(intern([*first.exchanges, *again.exchanges]))

    def fault(self, exchange: Exchange) -> str | None:
        """Return what is wrong with one health answer."""
        reading = self._read(exchange)
        if reading.fault is not None or self.health.timestamp is None:
            return reading.fault
        return stale(find(self.health.timestamp, parse(exchange)), exchange, self.health.max_age_s)

    def remark(self, exchange: Exchange) -> str | None:
        """Return degraded and optional components."""
        return self._read(exchange).remark

    def together(self, rounds: Sequence[Sequence[Exchange]]) -> str | None:
        """Return whether a replica's time stamps stand still."""
        seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for exchange in (one for each in rounds for one in each):
            stamp = self._stamp(exchange)
            if stamp is not None:
                seen[self.sample(exchange).replica or ""].append((exchange.at, stamp))
        frozen = sorted(name for name, pairs in seen.items() if stands_still(pairs))
        if not frozen:
            return None
        where = f" on replica {', '.join(frozen)}" if any(frozen) else ""
        return f"its time stamp does not advance{where}: the answer is frozen"

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Name the third parties, if they alone are reported as down."""
        down = {name for one in rounds for exchange in one.exchanges for name in self._read(exchange).down}
        if not down or not down <= set(self.third_parties):
            return {}
        return {"reported_down": sorted(down), **({"dependency": next(iter(down))} if len(down) == 1 else {})}

    def reproduce(self) -> str:
        """Return the request as a curl command."""
        return curl(self.url)

    def _read(self, exchange: Exchange) -> HealthReading:
        return read_health(exchange, self.health)

    def _stamp(self, exchange: Exchange) -> float | None:
        if self.health.timestamp is None or self._read(exchange).fault is not None:
            return None
        return epoch_s(find(self.health.timestamp, parse(exchange)))

    def _may_be_frozen(self, exchange: Exchange) -> bool:
        stamp = self._stamp(exchange)
        return stamp is not None and age_s(stamp, exchange) > LIVE_S
