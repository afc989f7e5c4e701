"""What a build is like in the long run and under load: how long it lives, what it leaks, which routes are slow."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

BARE_MB, WARM_MB, WARM_AFTER = 84.0, 22.0, 60.0
"""A fresh process, what its caches fill up to, and after how many requests they nearly have."""

CAP_MB = 256.0
"""The memory of one replica; who needs more is killed."""

DRAG_S = 0.08
"""How much slower a process answers whose memory is nearly full."""


@dataclass(frozen=True, slots=True)
class Endurance:
    """
    What shows only in time or under load.

    *lives_s* is after how long its process ends by itself; *leaks_mb* is what each request leaves behind; *slow_routes*
    is what each answer of a route takes longer, in seconds.
    """

    lives_s: float | None = None
    leaks_mb: float = 0.0
    slow_routes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pooling:
    """A pool of connections: its size, how long a request waits for one, and how long each query holds one besides."""

    size: int = 4
    wait_s: float | None = None
    holds_s: float = 0.0


class Memory:
    """The memory of one replica: it fills its caches and stays there, unless its build leaks."""

    def __init__(self, leaks_mb: float = 0.0) -> None:
        self._leaks_mb = leaks_mb
        self._requests = 0
        self.full = asyncio.Event()

    @property
    def rss(self) -> int:
        """The resident set in bytes, as a process tells it."""
        warm = WARM_MB * (1 - math.exp(-self._requests / WARM_AFTER))
        return int((BARE_MB + warm + self._leaks_mb * self._requests) * 2**20)

    @property
    def drag_s(self) -> float:
        """How much longer an answer takes because memory is short."""
        return DRAG_S * min(1.0, self._leaks_mb * self._requests / CAP_MB)

    def serve(self) -> None:
        """Take one request into account."""
        self._requests += 1
        if self.rss >= CAP_MB * 2**20:
            self.full.set()
