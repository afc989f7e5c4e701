"""A component, such as the cache or the database, is healthy as its service reports it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import cached, find, quote
from smoke.checks._check import Check
from smoke.checks._health_words import State, state_of
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.promises import Component
from smoke.http import Exchange, Request
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

STATUSES = frozenset({200, 207, 503})
"""Statuses that come with a report; another component may be what made it a 503."""


@dataclass(frozen=True, kw_only=True)
class ComponentCheck(SampledCheck):
    """A component, such as the cache or the database, is healthy as its service reports it."""

    kind: ClassVar[str] = "component"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    component: Component
    url: str

    async def request(self, world: "World") -> Request:
        """Ask for the report."""
        return Request("GET", self.url, headers=await role_headers(world, self.component.role))

    def fault(self, exchange: Exchange) -> str | None:
        """Demand a report that names this component and says healthy, or at least degraded."""
        document = document_of(exchange, STATUSES)
        if document.fault:
            return document.fault
        stale = cached(exchange)
        if stale is not None:
            return f"answered by a cache ({stale})"
        value = find(self.component.at, document.value)
        if value is None:
            bare = f"HTTP {exchange.status} with " if exchange.status != 200 else ""  # noqa: PLR2004 - OK
            return f"{bare}nothing at {self.component.at}"
        state = state_of(value)
        healthy = state in {State.HEALTHY, State.DEGRADED}
        return None if healthy else f"{self.component.at} is {state.value}: {quote(value)}"

    @property
    def expected(self) -> str:
        """What a good report says."""
        return f"{self.component.at} is healthy"

    def remark(self, exchange: Exchange) -> str | None:
        """Note a degraded component."""
        value = find(self.component.at, document_of(exchange, STATUSES).value)
        return f"{self.component.at} is degraded" if state_of(value) is State.DEGRADED else None

    def reproduce(self) -> str:
        """Return the request."""
        return curl(self.url)


def checks(environment: Environment, release: Release) -> Iterator[Check]:  # noqa: ARG001 - the same for every release
    """Return one check for each component."""
    for name, component in environment.components.items():
        service = environment.services[component.service]
        yield ComponentCheck(
            subject=name,
            service=component.service,
            share=service.share,
            replica_header=service.replica_header,
            component=component,
            url=service.url + component.path,
        )
