"""The runs that are made for who asks: one of an environment at a time, however many ask for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

Verdict = Mapping[str, Any]
"""The contents of `verdict.json`, version 1."""

FRESH_S = 900.0
"""How long a verdict tells a gate what is live, in seconds."""


class Busy(Exception):
    """Something else is being verified in the environment."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verdict is asked for: *environment* with the commit *sha*; *checksum* tells a rollout from the next."""

    environment: str
    sha: str = ""
    checksum: str = ""


@dataclass
class Runs:
    """
    The runs that go on, and the newest verdict of each environment; *look* makes one run.

    All methods belong to one event loop.
    """

    look: Callable[[Asked], Awaitable[Verdict]]
    now: Callable[[], float] = monotonic
    _going: dict[str, tuple[Asked, "asyncio.Task[Verdict]"]] = field(default_factory=dict)
    _known: dict[str, tuple[Asked, Verdict, float]] = field(default_factory=dict)

    async def verdict(self, asked: Asked) -> Verdict:
        """Return a fresh verdict: that of the run which goes on for just this, or of a new one; raises Busy."""
        # Who asked may go; the run stays, as others may wait for it.
        return await asyncio.shield(self.begin(asked))

    def begin(self, asked: Asked) -> "asyncio.Task[Verdict]":
        """Return the run that goes on for just this, or a new one; raises Busy where another one goes on."""
        going = self._going.get(asked.environment)
        if going is None:
            task = asyncio.get_running_loop().create_task(self._run(asked), name=f"verify {asked.environment}")
            self._going[asked.environment] = (asked, task)
            return task
        if going[0] != asked:
            raise Busy(f"another release of {asked.environment} is being verified; ask again when that has ended")
        return going[1]

    def known(self, asked: Asked) -> Verdict | None:
        """Return the verdict on just this, if it is fresh and nobody looks again."""
        found = self._known.get(asked.environment)
        if found is None or found[0] != asked or self.now() - found[2] > FRESH_S:
            return None
        return found[1]

    async def close(self) -> None:
        """End what goes on, and wait for its end."""
        tasks = [task for _, task in self._going.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, asked: Asked) -> Verdict:
        self._known.pop(asked.environment, None)
        try:
            verdict = await self.look(asked)
        finally:
            del self._going[asked.environment]
        self._known[asked.environment] = (asked, verdict, self.now())
        return verdict
