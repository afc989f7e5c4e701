"""Hosts that are none of ours: how they fare is evidence about others, not a promise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import split
from smoke.checks._check import Check, Observation
from smoke.checks._reach import control_request
from smoke.checks._sampled import curl
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, kw_only=True)
class WitnessCheck(Check):
    """A host that does not belong to the environment answers; it is asked whatever the release does."""

    stage: ClassVar[Stage] = Stage.CONVERGE
    independent: ClassVar[bool] = True
    asks: ClassVar[int]
    """How often it is asked in one look, all at once."""

    gating: bool = False
    url: str

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask it some times at once."""
        return Observation(await world.http.sample(control_request(self.url), self.asks))

    def reproduce(self) -> str:
        """Return the question as a curl command."""
        return curl(self.url)


def by_host(urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a subject for each of *urls*: its host, and with its path where another one is on that host already."""
    seen: set[str] = set()
    for url in dict.fromkeys(urls):
        parts = split(url)
        host = parts.netloc.rpartition("@")[2] or url
        yield (host if host not in seen else f"{host}{parts.path}"), url
        seen.add(host)
