"""How many requests one host gets at once, and how many within a second."""

import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


class HostPace:
    """
    The pace for one host: at most *concurrency* requests at once, at most *requests_per_s* begun in any one second.

    Requests begin in the order in which they came, but urgent ones before all others. Whoever waits for the rate holds
    no slot, so that slow answers and a low rate do not add up.
    """

    def __init__(self, concurrency: int, requests_per_s: float) -> None:
        self._slots = anyio.Semaphore(concurrency, fast_acquire=True)
        self._turnstile = anyio.Lock(fast_acquire=True)
        self._express = anyio.Lock(fast_acquire=True)
        # Rates below one a second: one request in a longer window.
        self._most = max(1, int(requests_per_s))
        self._window_s = self._most / requests_per_s
        self._begun: deque[float] = deque(maxlen=self._most)

    @property
    def free_slots(self) -> int:
        """How many more requests could be open now."""
        return self._slots.value

    @asynccontextmanager
    async def turn(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Wait for a turn, and hold its slot; an *urgent* one waits for other urgent ones only."""
        async with self._express if urgent else self._turnstile:
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
        if len(self._begun) < self._most:
            return 0.0
        return self._begun[0] + self._window_s - time.monotonic()


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
