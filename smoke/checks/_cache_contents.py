"""Tell what a cache holds from what the replicas say: a rollback mends neither the one nor a purge the other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.checks._answers import cached, no_answer
from smoke.checks._browserlike import ask_past_the_cache
from smoke.checks._check import Observation
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

HELD = "held"
"""The fact of an observation that says what `held` found."""

PURGE = "purge"
WORDS = "past the cache it is fine: purge the cache"

ASKS_PAST = 3
"""So many good answers past a cache, and none that is bad, show that the cache alone is to blame."""


async def held(world: "World", request: Request, fault: Callable[[Exchange], str | None]) -> bool:
    """
    Tell whether everything that comes past a cache is good, after all that came plainly was bad.

    Caches do not always say that they answered, so the comparison decides and not their headers.
    """
    for times in (1, ASKS_PAST - 1):
        past = await ask_past_the_cache(world.http, request, times)
        if any(fault(one) is not None or cached(one) is not None for one in past):
            return False
    return True


def all_bad(exchanges: Sequence[Exchange], fault: Callable[[Exchange], str | None]) -> bool:
    """Tell whether answers came and none of them was good."""
    came = [one for one in exchanges if no_answer(one) is None]
    return bool(came) and all(fault(one) is not None for one in came)


def purged(judgement: Judgement, rounds: Sequence[Observation]) -> Judgement:
    """Return *judgement* with the remedy, if a failure lies in a cache as the newest round has found; pure."""
    if judgement.outcome is not Outcome.FAILED or not rounds[-1].facts.get(HELD):
        return judgement
    facts = {**judgement.facts, "remedy": PURGE}
    return replace(judgement, message=f"{judgement.message} ({WORDS})", facts=facts)
