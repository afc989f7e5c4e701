"""Pages of a stranger's origin may not call the API, on no replica."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import no_answer, split
from smoke.checks._preflights import ALLOW, address_of, origin_of, preflight
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.edge import Cors
from smoke.http import Exchange, Request
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

NOT_ASKED = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""Statuses of who stands before the service: they tell nothing of what it allows. A plain 500 is how some refuse."""


@dataclass(frozen=True, kw_only=True)
class StrangerCheck(SampledCheck):
    """
    Pages of a stranger's origin may not call the service: no preflight of theirs is told that they are allowed.

    The status says nothing: frameworks refuse with 200, 204, 400, 403 and 500. What browsers obey is the header.
    """

    kind: ClassVar[str] = "cors"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    url: str
    origin: str
    cors: Cors

    async def request(self, world: "World") -> Request:
        """Ask as a stranger's browser asks before the call of a page."""
        return preflight(self.url, self.origin, self.cors, self.unsent)

    def fault(self, exchange: Exchange) -> str | None:
        """Return why a stranger's browser would make the call, or why nothing is known of it."""
        silent = no_answer(exchange)
        if silent or exchange.status in NOT_ASKED:
            return silent or f"HTTP {exchange.status} to the preflight, which tells nothing of who is allowed"
        allowed = [value.strip() for name, value in exchange.header_list if name == f"{ALLOW}origin"]
        if "*" in allowed:
            return "allows every origin"
        return f"allows the stranger {self.origin}" if self.origin in [one.lower() for one in allowed] else None

    @property
    def expected(self) -> str:
        """What a stranger's browser must be told."""
        return f"nothing allowed for pages of {self.origin}"

    def reproduce(self) -> str:
        """Return the preflight as a curl command."""
        asked = [
            f"'{name}: {value}'"
            for name, value in preflight(self.url, self.origin, self.cors, self.unsent).headers.items()
        ]
        return curl(self.url, "-X", "OPTIONS", *(part for one in asked for part in ("-H", one)))


def checks(environment: Environment, release: Release) -> Iterator[StrangerCheck]:
    """Return a check for each origin that a service must refuse."""
    for name, service in environment.services.items():
        cors = service.cors
        if cors is None:
            continue
        for origin in dict.fromkeys(map(origin_of, cors.refused)):
            yield StrangerCheck(
                subject=f"{name}-refuses-{split(origin).netloc}",
                **every_replica_of(environment, name),
                url=address_of(environment, name, cors),
                origin=origin,
                cors=cors,
                unsent=service.left_to_pages,
            )
