"""The replicas of one service behind the edge: round robin among the healthy."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from smoke.demo.wire import Call, Peer, WireError, fetch

UNHEALTHY_AFTER = 2


@dataclass(slots=True, eq=False)
class Upstream:
    """One replica as the edge sees it."""

    name: str
    port: int
    failures: int = 0

    @property
    def healthy(self) -> bool:
        """Whether it gets traffic."""
        return self.failures < UNHEALTHY_AFTER


@dataclass(slots=True)
class Upstreams:
    """The replicas behind one public name."""

    host: str
    health_path: str
    members: list[Upstream] = field(default_factory=list)
    turn: int = 0

    def choose(self) -> Upstream | None:
        """Return the next healthy replica, or None."""
        healthy = [upstream for upstream in self.members if upstream.healthy]
        if not healthy:
            return None
        self.turn += 1
        return healthy[self.turn % len(healthy)]

    def replace(self, old: Upstream | None, new: Upstream | None) -> None:
        """Switch one member: *new* takes the place of *old*; without one of them, a member is added or taken out."""
        at = self.members.index(old) if old in self.members else len(self.members)
        self.members[at : at + 1] = [new] if new is not None else []

    async def watch(self, every_s: float) -> None:
        """Ask every replica for its health for ever; two failures in a row take it out, one success brings it back."""
        while True:
            await asyncio.gather(*(self._look(upstream) for upstream in tuple(self.members)))
            await asyncio.sleep(every_s)

    async def _look(self, upstream: Upstream) -> None:
        status = 0
        with suppress(WireError):
            call = Call("GET", self.health_path, [(b"host", self.host.encode())])
            status = (await fetch(Peer(upstream.port), call, timeout_s=2.0)).status
        upstream.failures = 0 if status == HTTPStatus.OK else upstream.failures + 1
