"""From a look at the world to an observation, and from what was observed to a finding."""

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.checks._strays import note
from smoke.environment.environment import Environment
from smoke.errors import SecretMissing
from smoke.http.service_headers import by_hand
from smoke.verdict.finding import Finding, Judgement
from smoke.verdict.unmade import OUT_OF_BUDGET
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World


CURL = "curl -sS "


async def look(check: Check, world: "World", round_number: int) -> Observation:
    """
    Return what *check* observes.

    A service's own header that has no value keeps every check from looking that asks the service, whichever it is.
    """
    try:
        seen = await check.observe(world, round_number)
    except SecretMissing as missing:
        return obstacle(missing)
    except ExceptionGroup as group:
        missing_ones, others = group.split(SecretMissing)
        if missing_ones is None or others is not None:
            raise
        return obstacle(SecretMissing(str(_leaf(missing_ones))))
    note(world.memory, check, seen.exchanges)
    return seen


def _leaf(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group


def carrying(command: str, environment: Environment, unsent: frozenset[str]) -> str:
    """Return *command* with what its requests carry for the sake of their services: curl alone would be refused."""
    first, *calls = command.split(CURL)
    told = [first]
    for call in calls:
        url = next((word for word in re.split(r"[\s'\";]+", call) if word.startswith(("http://", "https://"))), "")
        told.append("".join(f"{one} " for one in by_hand(environment, url, unsent)) + call)
    return CURL.join(told)


def judge(check: Check, rounds: Sequence[Observation]) -> Judgement:
    """Judge all rounds made so far; where the last one met an obstacle the check is undecided."""
    met = rounds[-1].obstacle
    if met is not None:
        message, cause = met
        return Judgement(Outcome.UNDECIDED, message, Cause(cause), facts=rounds[-1].facts)
    return check.judge(rounds)


def out_of_budget(last: Judgement | None, budget_s: float) -> Judgement:
    """Return that the budget ended, with what was seen until then: once seen it condemns nothing, but is no secret."""
    ended = f"the budget of {budget_s:g} s {OUT_OF_BUDGET}"
    if last is None:
        return Judgement(Outcome.UNDECIDED, ended, Cause.SUITE, facts={"unmade": "out of budget"})
    return replace(
        last,
        outcome=Outcome.UNDECIDED,
        message=f"{last.message}; {ended}",
        cause=Cause.SUITE,
        facts={**last.facts, "unmade": "out of budget"},
    )


def pass_on(done: Future[Finding], told: Future[Finding]) -> None:
    """Give what became of one future to another."""
    if done.cancelled():
        told.cancel()
    elif (error := done.exception()) is None:
        told.set_result(done.result())
    else:
        told.set_exception(error)


def outcome_of(check: Check, future: Future[Finding]) -> Finding:
    """Return the future's finding; a check that broke is undecided and says how it broke."""
    error = future.exception()
    if error is None:
        return future.result()
    message = f"the check itself broke: {type(error).__name__}: {error}"
    return made(check, Judgement(Outcome.UNDECIDED, message, Cause.SUITE), [], 0.0, 0.0)


def skipped(check: Check, message: str, started_s: float) -> Finding:
    """Return the finding of a check that was not made as the release did not settle."""
    judgement = Judgement(Outcome.SKIPPED, message, Cause.SUITE, facts={"blocked_by": "converge"})
    return made(check, judgement, [], started_s, 0.0)


def made(
    check: Check, judgement: Judgement, rounds: Sequence[Observation], started_s: float, duration_s: float
) -> Finding:
    """Return the finding that a judgement and the effort behind it make; times in seconds."""
    return Finding(
        check=check.id,
        stage=check.stage,
        outcome=judgement.outcome,
        message=judgement.message,
        service=check.service,
        gating=check.gating,
        cause=judgement.cause,
        expected=judgement.expected,
        found=judgement.found,
        rounds=len(rounds),
        samples=sum(len(one.exchanges) for one in rounds),
        started_s=started_s,
        duration_s=duration_s,
        reproduce=judgement.reproduce or check.reproduce(),
        facts=judgement.facts,
    )
