"""One run of an environment at a time, and its verdict while it is fresh."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from smoke.serve.runs import FRESH_S, Asked, Busy, Runs, Verdict

GOOD, OTHER = Asked("shop/prod", "9f1c2ab"), Asked("shop/prod", "4e77d01")


@dataclass
class Looks:
    """Looks that end when they are let go."""

    asked: list[Asked] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    now: float = 0.0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, asked: Asked) -> Verdict:
        """Look once."""
        self.asked.append(asked)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return {"verdict": "pass", "run_id": str(len(self.asked))}


def played(scene: Callable[[Looks, Runs], Coroutine[Any, Any, None]]) -> Looks:
    """Play *scene* in an event loop; returns the looks that were taken."""

    async def play() -> Looks:
        looks = Looks()
        runs = Runs(looks, now=lambda: looks.now)
        await scene(looks, runs)
        await runs.close()
        return looks

    return asyncio.run(play())


def test_all_who_ask_for_the_same_share_one_run() -> None:
    """However many ask, one run is made; who comes after its end gets a new one."""

    async def scene(looks: Looks, runs: Runs) -> None:
        first, second = (asyncio.create_task(runs.verdict(GOOD)) for _ in range(2))
        await asyncio.sleep(0)
        looks.go.set()
        assert await first == await second
        assert (await runs.verdict(GOOD))["run_id"] == "2"

    assert played(scene).asked == [GOOD, GOOD]


def test_another_release_is_told_to_wait() -> None:
    """While one release is verified another one is not: neither run would know what it looks at."""

    async def scene(_looks: Looks, runs: Runs) -> None:
        runs.begin(GOOD)
        with pytest.raises(Busy, match="another release of shop/prod is being verified"):
            await runs.verdict(OTHER)
        await asyncio.sleep(0)

    looks = played(scene)
    assert (looks.asked, looks.ended) == ([GOOD], ["cancelled"])


def test_who_goes_does_not_end_the_run() -> None:
    """A run goes on although who asked first has gone, since others may wait for it."""

    async def scene(looks: Looks, runs: Runs) -> None:
        asking = asyncio.create_task(runs.verdict(GOOD))
        await asyncio.sleep(0)
        asking.cancel()
        looks.go.set()
        assert (await runs.verdict(GOOD))["run_id"] == "1"

    played(scene)


def test_a_verdict_is_known_for_a_while() -> None:
    """A verdict tells of what it was asked for, and only while it is fresh and nobody looks again."""

    async def scene(looks: Looks, runs: Runs) -> None:
        looks.go.set()
        await runs.verdict(GOOD)
        assert runs.known(GOOD) is not None
        assert runs.known(OTHER) is None
        assert runs.known(Asked("shop/prod", "9f1c2ab", "another rollout")) is None
        looks.now = FRESH_S + 1
        assert runs.known(GOOD) is None
        looks.now = 0.0
        again = runs.begin(GOOD)
        await asyncio.sleep(0)
        assert again.done() or runs.known(GOOD) is None

    played(scene)


def test_a_look_that_breaks_lets_the_next_one_in() -> None:
    """A run that could not be made leaves nothing behind."""

    async def broken(_asked: Asked) -> Verdict:
        raise OSError("no process")

    async def scene() -> None:
        runs = Runs(broken)
        for _ in range(2):
            with pytest.raises(OSError, match="no process"):
                await runs.verdict(GOOD)
        assert runs.known(GOOD) is None

    asyncio.run(scene())
