"""What the release declares to be new is there, on every replica."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import no_answer
from smoke.checks._flags import FlaggedCheck, Gate
from smoke.checks._obstacle import role_headers
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import curl
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.release import Marker, Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, kw_only=True)
class MarkerCheck(FlaggedCheck):
    """What the release declares to be new is there, on every replica."""

    kind: ClassVar[str] = "marker"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    marker: Marker
    url: str

    async def request(self, world: "World") -> Request:
        """Ask as the role, or anonymously."""
        return Request("GET", self.url, headers=await role_headers(world, self.marker.role))

    def fault(self, exchange: Exchange) -> str | None:
        """Demand the declared status and texts."""
        silent = no_answer(exchange)
        if silent is not None:
            return silent
        if exchange.status != self.marker.status:
            return f"HTTP {exchange.status}, declared {self.marker.status}"
        body = exchange.text()
        return next((f"does not contain {text!r}" for text in self.marker.contains if text not in body), None)

    @property
    def expected(self) -> str:
        """The declaration in words."""
        texts = "".join(f", containing {text!r}" for text in self.marker.contains)
        return f"HTTP {self.marker.status}{texts}"

    def reproduce(self) -> str:
        """Return the request; the role's session is left out."""
        return curl(self.url)


def checks(environment: Environment, release: Release) -> Iterator[MarkerCheck]:
    """Yield a check for each marker whose service this environment has."""
    for marker in release.markers:
        service = environment.services.get(marker.service)
        if service is not None:
            yield MarkerCheck(
                subject=marker.name,
                **every_replica_of(environment, marker.service),
                marker=marker,
                gate=Gate(marker.flag, marker.role, release.staged(marker.flag)) if marker.flag else None,
                url=f"{service.url}{marker.path}",
            )
