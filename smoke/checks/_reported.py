"""How a service says a dependency is, on every replica."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from smoke.checks._answers import find, quote
from smoke.checks._check import Observation
from smoke.checks._health_words import State, state_of, worst
from smoke.checks._json import Document, document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.dependencies import Reported
from smoke.http import Exchange, Request
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

STATUSES = frozenset({200, 207, 503})
"""Statuses that come with a report; a report of trouble may be a 503."""

WORDS = {State.HEALTHY: "up", State.DEGRADED: "degraded", State.UNHEALTHY: "down", State.UNKNOWN: "unknown"}


@dataclass(frozen=True, kw_only=True)
class ReportedCheck(SampledCheck):
    """
    The system reports that it reaches a dependency.

    All shapes of health answers are understood (docs/wire-formats.md). A degraded dependency still serves, so it is
    noted; an unknown word is never healthy.
    """

    kind: ClassVar[str]
    stage: ClassVar[Stage] = Stage.INTEGRATION

    dependency: str
    reported: Reported
    url: str

    @classmethod
    def of(cls, dependency: str, reported: Reported, environment: Environment, subject: str = "reported") -> Self:
        """Build the check of *dependency*."""
        service = environment.services[reported.service]
        return cls(
            subject=subject,
            dependency=dependency,
            **every_replica_of(environment, reported.service),
            depends_on=(dependency,),
            reported=reported,
            url=service.url + reported.path,
        )

    async def request(self, world: "World") -> Request:
        """Ask for the report."""
        return Request("GET", self.url, headers=await role_headers(world, self.reported.role))

    def fault(self, exchange: Exchange) -> str | None:
        """Demand a report that says healthy, or at least degraded."""
        document = self._report(exchange)
        if document.fault:
            return document.fault
        state = state_of(document.value)
        if state is State.UNKNOWN:
            return f"{self.reported.at} is {quote(document.value)}, which tells no state"
        return f"{self.dependency} is reported as down" if state is State.UNHEALTHY else None

    @property
    def expected(self) -> str:
        """What a good report says."""
        return f"{self.reported.at} is healthy"

    def remark(self, exchange: Exchange) -> str | None:
        """Note a degraded dependency."""
        degraded = state_of(self._report(exchange).value) is State.DEGRADED
        return f"{self.dependency} is reported as degraded" if degraded else None

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Return what was reported last, the worst of all replicas."""
        reports = [self._report(one) for one in rounds[-1].exchanges]
        states = [state_of(one.value) for one in reports if not one.fault]
        return {"dependency": self.dependency, "reported": WORDS[worst(states)]}

    def reproduce(self) -> str:
        """Return the request."""
        return curl(self.url)

    def _report(self, exchange: Exchange) -> Document:
        """Read what the report says of this dependency; an error status without a report is the fault itself."""
        document = document_of(exchange, STATUSES)
        if document.fault:
            return document
        value = find(self.reported.at, document.value)
        if value is not None:
            return Document(value)
        bare = "" if exchange.is_ok else f"HTTP {exchange.status} with "
        return Document(fault=f"{bare}nothing at {self.reported.at}")
