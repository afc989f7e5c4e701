"""What is asked of a service while it is watched on: where it tells about itself, and a few of its routes."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from smoke.checks._answers import find, not_json, not_ok, parse
from smoke.checks._health_answer import read_health
from smoke.checks._routes import routes
from smoke.checks._sampled import SampledCheck
from smoke.environment import Environment
from smoke.environment.services import Service
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.release import Release

if TYPE_CHECKING:
    from smoke.checks._world import World

MOST_BYTES = 2**60


@dataclass(frozen=True, slots=True)
class Probes:
    """The questions to one service: its own *places* in every look, one of its *routes* in turn."""

    service: Service
    places: tuple[str, ...]
    routes: tuple[SampledCheck, ...]
    third_parties: frozenset[str] = frozenset()

    async def requests(self, world: "World", look: int) -> list[tuple[str, Request]]:
        """
        Return what is asked in one look, with the name of each route; who cannot log in is left out.

        They are few and go before others: who watches must not look away while the rest of the run is in a rush.
        """
        url = self.service.url
        asked = [(path, Request("GET", f"{url}{path}", urgent=True)) for path in self.places]
        if self.routes:
            route = self.routes[look % len(self.routes)]
            with suppress(SmokeError):
                asked.append((route.id, replace(await route.request(world), urgent=True)))
        return asked

    def counts(self, exchange: Exchange) -> bool:
        """Tell whether an answer says anything: a limit that is meant for us, or a session that ended, does not."""
        asked_as_a_role = any(name.lower() in {"cookie", "authorization"} for name in exchange.request.headers)
        return exchange.status != HTTPStatus.TOO_MANY_REQUESTS and not (
            asked_as_a_role and exchange.status in {401, 403}
        )

    def fault(self, route: str, exchange: Exchange) -> str | None:
        """Return what is wrong with one answer; a third party that is down is other checks' matter."""
        check = next((one for one in self.routes if one.id == route), None)
        if check is not None:
            return check.fault(exchange)
        health = self.service.health
        if health is None or route != health.path:
            return not_ok(exchange)
        reading = read_health(exchange, health)
        return None if reading.down and self.third_parties.issuperset(reading.down) else reading.fault

    def held(self, route: str, exchange: Exchange) -> float | None:
        """Return the bytes of memory that one answer tells, if it does."""
        memory = self.service.memory
        if memory is None or route != memory.path or not_ok(exchange) or not_json(exchange):
            return None
        told = find(memory.at, parse(exchange))
        known = isinstance(told, int | float) and not isinstance(told, bool) and 0 < told < MOST_BYTES
        return float(told) if known else None


def probes(environment: Environment, release: Release) -> Iterator[tuple[str, Probes]]:
    """Yield the questions to each service that can be asked anything."""
    third_parties = frozenset(environment.dependencies.by_name())
    every = [check for check, _ in routes(environment, release)]
    for name, service in environment.services.items():
        told = (service.release, service.health, service.uptime, service.memory)
        places = tuple(dict.fromkeys(one.path for one in told if one is not None))
        own = tuple(_steady(every, name))
        if places or own:
            yield name, Probes(service, places, own, third_parties)


def _steady(every: Sequence[SampledCheck], name: str) -> Iterator[SampledCheck]:
    """Yield the required routes of a service whose answers hang on no third party."""
    yield from (one for one in every if one.service == name and one.gating and not one.depends_on)
