"""How many requests one host gets at once, and how many within a second."""

import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from enum import IntEnum
from heapq import heapify, heappop, heappush
from itertools import count

import anyio


class Rank(IntEnum):
    """What goes first where requests wait for their turn at the same host."""

    URGENT = 0
    DECIDING = 1
    REFINING = 2
    ADVISORY = 3


RANK: ContextVar[Rank] = ContextVar("rank", default=Rank.DECIDING)
"""The rank of what is sent from here on in this task; the engine sets it for each check."""


STEPS = 4
"""How often a host that says that there are too many requests gets half of them, at most."""
FEWEST = 4
"""How many in a second it gets at least."""


class _Turnstile:
    """Let one through at a time: the first in rank, among equals who came first."""

    def __init__(self) -> None:
        self._taken = False
        self._number = count()
        self._queue: list[tuple[Rank, int, anyio.Event]] = []

    @asynccontextmanager
    async def passing(self, rank: Rank) -> AsyncIterator[None]:
        """Wait for the others, and hold the turnstile."""
        if self._taken:
            await self._queued(rank)
        self._taken = True
        try:
            yield
        finally:
            self._hand_on()

    async def _queued(self, rank: Rank) -> None:
        place = (rank, next(self._number), anyio.Event())
        heappush(self._queue, place)
        passed = False
        try:
            await place[2].wait()
            passed = True
        finally:
            if not passed:
                self._leave(place)

    def _leave(self, place: tuple[Rank, int, anyio.Event]) -> None:
        """Give a place up; one whose turn had just come hands it on."""
        if place[2].is_set():
            self._hand_on()
        else:
            self._queue.remove(place)
            heapify(self._queue)

    def _hand_on(self) -> None:
        """Let the next one through; the turnstile stays taken until nobody waits."""
        if self._queue:
            heappop(self._queue)[2].set()
        else:
            self._taken = False


class HostPace:
    """
    The pace for one host: at most *concurrency* requests at once, at most *requests_per_s* begun in any one second.

    Requests begin in the order of their rank, then in the order in which they came: what only refines a verdict never
    keeps waiting what decides it. Whoever waits for the rate holds no slot, so that slow answers and a low rate do not
    add up. A host that says that there are too many is left alone for as long as it asks, and then gets half of them.
    """

    def __init__(self, concurrency: int, requests_per_s: float) -> None:
        self._slots = anyio.Semaphore(concurrency, fast_acquire=True)
        self._turnstile = _Turnstile()
        # Rates below one a second: one request in a longer window.
        self._most = self._full = max(1, int(requests_per_s))
        self._window_s = self._most / requests_per_s
        self._begun: deque[float] = deque(maxlen=self._most)
        self._rests_until = 0.0
        self.steps = 0

    @property
    def free_slots(self) -> int:
        """How many more requests could be open now."""
        return self._slots.value

    def slow_down(self, pause_s: float) -> None:
        """
        Begin nothing for *pause_s*, and then half as many; what was begun before then has no further say.

        Where that has not helped after some steps, the rate is not what the host minds, and is as it was.
        """
        now = time.monotonic()
        if now < self._rests_until:
            return
        if self.steps == STEPS:
            self._allow(self._full)
            return
        self.steps += 1
        self._rests_until = now + pause_s
        recently = sum(1 for one in self._begun if one > now - self._window_s)
        self._allow(max(min(self._most, FEWEST), min(self._most, recently) // 2))

    def _allow(self, most: int) -> None:
        self._most = most
        self._begun = deque(self._begun, maxlen=most)

    @asynccontextmanager
    async def turn(self, rank: Rank = Rank.DECIDING) -> AsyncIterator[None]:
        """Wait for a turn, and hold its slot."""
        async with self._turnstile.passing(rank):
            await self._begin()
        try:
            yield
        finally:
            self._slots.release()

    async def _begin(self) -> None:
        """Wait until the rate and a slot allow one request more; the heads of both queues may wait here at once."""
        while True:
            if (wait_s := self._wait_s()) > 0:
                await anyio.sleep(wait_s)
            await self._slots.acquire()
            if self._wait_s() <= 0:
                self._begun.append(time.monotonic())
                return
            self._slots.release()

    def _wait_s(self) -> float:
        now = time.monotonic()
        rest_s = self._rests_until - now
        if len(self._begun) < self._most:
            return rest_s
        return max(rest_s, self._begun[0] + self._window_s - now)


class Pace:
    """The pace for every host, made when a host is first asked."""

    def __init__(self, concurrency: int, requests_per_s: float) -> None:
        self._concurrency = concurrency
        self._requests_per_s = requests_per_s
        self._hosts: dict[str, HostPace] = {}

    def of(self, host: str) -> HostPace:
        """Return the pace for *host*."""
        if host not in self._hosts:
            self._hosts[host] = HostPace(self._concurrency, self._requests_per_s)
        return self._hosts[host]
