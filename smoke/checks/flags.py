"""The product tells which feature flags are on, and none of them is null."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import clip, find
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.flags import Flags
from smoke.http import Exchange, Request
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, kw_only=True)
class FlagsCheck(SampledCheck):
    """
    The product tells which feature flags are on, and none of them is null.

    *staged* names flags that the release hands out to some users only; null may be their way of saying no.
    """

    kind: ClassVar[str] = "flags"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    flags: Flags
    url: str
    staged: frozenset[str]

    async def request(self, world: "World") -> Request:
        """Ask as the role, or anonymously."""
        return Request("GET", self.url, headers=await role_headers(world, self.flags.role))

    def fault(self, exchange: Exchange) -> str | None:
        """Demand a table without null, or a list."""
        document = document_of(exchange)
        if document.fault:
            return document.fault
        found = find(self.flags.at, document.value)
        if not isinstance(found, (dict, list)):
            return f"no flags at {self.flags.at}"
        values = found.items() if isinstance(found, dict) else ()
        empty = sorted(name for name, value in values if value is None and name not in self.staged)
        return f"the flag {clip(empty[0])} is null" if empty else None

    @property
    def expected(self) -> str:
        """What a good answer looks like, in words."""
        return f"HTTP 200 with JSON, flags at {self.flags.at}, none of them null"

    def reproduce(self) -> str:
        """Return the request; the role's session is left out."""
        return curl(self.url)


def checks(environment: Environment, release: Release) -> Iterator[FlagsCheck]:
    """Yield a check if the environment says where flags are told."""
    flags = environment.flags
    if flags is None:
        return
    service = environment.services[flags.service]
    yield FlagsCheck(
        subject=flags.service,
        **every_replica_of(environment, flags.service),
        flags=flags,
        url=service.url + flags.path,
        staged=frozenset(one.name for one in release.staged_flags),
    )
