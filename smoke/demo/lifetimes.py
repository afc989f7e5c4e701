"""Replicas that do not live for ever: killed by a timer of their own or for their memory, and started anew."""

import asyncio
from random import Random

from smoke.demo.replicas import Running


class Lifetimes:
    """Lets the replicas of a build that ends by itself do so, for as long as they have a place."""

    def __init__(self, down_s: float, rng: Random) -> None:
        self._down_s = down_s
        self._rng = rng
        self._tasks: dict[Running, asyncio.Task[None]] = {}

    def watch(self, replica: Running) -> None:
        """Let *replica* end when its time has come, again and again."""
        if replica.memory is not None:
            self._tasks[replica] = asyncio.create_task(self._live(replica, self._rng.uniform(0.95, 1.05)))

    def forget(self, replica: Running) -> None:
        """Let *replica* be, since it is going anyway."""
        task = self._tasks.pop(replica, None)
        if task is not None:
            task.cancel()

    async def end(self) -> None:
        """Let all be."""
        tasks = list(self._tasks.values())
        for replica in list(self._tasks):
            self.forget(replica)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _live(self, replica: Running, part: float) -> None:
        lives_s = replica.endurance.lives_s
        while replica.memory is not None:
            try:
                async with asyncio.timeout(None if lives_s is None else lives_s * part):
                    await replica.memory.full.wait()
            except TimeoutError:
                pass
            await replica.crash(self._down_s)
