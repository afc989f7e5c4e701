"""What is asked of a service while it is watched on: where it tells about itself, and a few of its routes."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoke.checks import pages, reads
from smoke.checks._answers import not_ok
from smoke.checks._check import Check
from smoke.checks._health_answer import read_health
from smoke.checks._sampled import SampledCheck
from smoke.environment import Environment
from smoke.environment.services import Service
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.release import Release

if TYPE_CHECKING:
    from smoke.checks._world import World

TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Probes:
    """The questions to one service: its own *places* in every look, one of its *routes* in turn."""

    service: Service
    places: tuple[str, ...]
    routes: tuple[SampledCheck, ...]
    third_parties: frozenset[str] = frozenset()

    async def requests(self, world: "World", look: int) -> list[tuple[str, Request]]:
        """Return what is asked in one look, with the name of each route; who cannot log in is left out."""
        url = self.service.url.rstrip("/")
        asked = [(path, Request("GET", f"{url}{path}")) for path in self.places]
        if self.routes:
            route = self.routes[look % len(self.routes)]
            with suppress(SmokeError):
                asked.append((route.id, await route.request(world)))
        return asked

    def counts(self, exchange: Exchange) -> bool:
        """Tell whether an answer says anything: a limit that is meant for us, or a session that ended, does not."""
        asked_as_a_role = any(name.lower() in {"cookie", "authorization"} for name in exchange.request.headers)
        return exchange.status != TOO_MANY and not (asked_as_a_role and exchange.status in {401, 403})

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


def probes(environment: Environment, release: Release) -> Iterator[tuple[str, Probes]]:
    """Yield the questions to each service that can be asked anything."""
    third_parties = frozenset(name for name in ("salesforce", "whmcs") if getattr(environment.dependencies, name))
    every = [*reads.checks(environment, release), *pages.checks(environment, release)]
    for name, service in environment.services.items():
        told = (service.release, service.health, service.uptime)
        places = tuple(dict.fromkeys(one.path for one in told if one is not None))
        routes = tuple(_steady(every, name, release))
        if places or routes:
            yield name, Probes(service, places, routes, third_parties)


def _steady(every: Sequence[Check], name: str, release: Release) -> Iterator[SampledCheck]:
    """Yield the required routes of a service whose answers hang on no third party and no flag."""
    for one in every:
        if not isinstance(one, SampledCheck) or one.service != name or one.id in release.retired:
            continue
        if one.gating and not one.depends_on and getattr(one, "gate", None) is None:
            yield one
