"""Look, and look again as long as it is unclear, within the budget; and what comes out of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from smoke.journeys.judging import judge
from smoke.journeys.look import Look
from smoke.journeys.looking import Part, look
from smoke.journeys.world import JourneyWorld
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before


@dataclass(frozen=True, slots=True)
class Result:
    """A judgement and the effort behind it; *evidence* are paths relative to the run's directory."""

    judgement: Judgement
    rounds: int = 0
    samples: int = 0
    evidence: tuple[str, ...] = ()


def look_until_clear(
    world: JourneyWorld, part: Callable[[int], Part], promise: str, before: Before | None = None
) -> list[Look]:
    """Look until it is clear, at most as often as the environment's `confirm.rounds` says, with a pause between."""
    looks: list[Look] = []
    rounds = world.environment.confirm.rounds
    while not looks or (len(looks) < rounds and judge(looks, promise, last=False, before=before).unclear):
        if looks:
            world.pause(min(world.environment.confirm.pause_s, world.remaining_s()))
        looks.append(look(world, part(len(looks) + 1)))
    return looks


def located(judgement: Judgement, world: JourneyWorld, service: str) -> Judgement:
    """Add that no network had a part in what failed beneath HTTP, if so."""
    if not judgement.facts.get("failure_kinds") or not world.is_local(service):
        return judgement
    return replace(judgement, facts={**judgement.facts, "local": True})


def result(judgement: Judgement, looks: Sequence[Look]) -> Result:
    """Return *judgement* with the effort of *looks*."""
    return Result(
        judgement,
        rounds=len(looks),
        samples=sum(one.requests for one in looks),
        evidence=tuple(path for one in looks for path in one.evidence),
    )
