"""Beside the edge, a service answers for itself: what fails in front of it is then not its own fault."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._census import Electorate, commits, electorates, short, slim
from smoke.checks._check import Check, Observation
from smoke.checks._sampled import curl, transport_facts
from smoke.environment import Environment
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release, normalise
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


def checks(environment: Environment, release: Release) -> Iterator["OriginCheck"]:
    """Return a check for each service that can be reached beside its edge and tells its release."""
    for name, electorate in electorates(environment, release).items():
        service = electorate.service
        if service.origin is not None:
            beside = replace(electorate, service=service.model_copy(update={"url": service.origin}))
            yield OriginCheck(subject=name, service=name, gating=False, electorate=beside)


@dataclass(frozen=True, kw_only=True)
class OriginCheck(Check):
    """
    Beside the edge the service serves the release.

    Evidence, not a promise: it is asked in the end, whatever happened before. An origin that refuses the verifier says
    nothing.
    """

    kind: ClassVar[str] = "origin"
    stage: ClassVar[Stage] = Stage.CONFIRM
    independent: ClassVar[bool] = True

    electorate: Electorate

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Take a census past the edge."""
        exchanges = await self.electorate.ask(world.http)
        facts = {"votes": self.electorate.votes(exchanges), "transport": transport_facts(exchanges)}
        return Observation(slim(exchanges), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge by what most of the newest answers are."""
        last = rounds[-1]
        served, goal = commits(last.facts["votes"]), normalise(self.electorate.release.commit)
        total, expected = len(last.exchanges), f"{short(goal)} beside the edge" if goal else "a commit beside the edge"
        facts = {**last.facts["transport"]}
        right = served.get(goal, 0) if goal else sum(served.values())
        if 2 * right > total:
            found = f"{right} of {total} answers beside the edge come from {short(goal or next(iter(served)))}"
            return Judgement(Outcome.PASSED, found, None, expected, found, {**facts, "origin": "up"})
        other = next((one for one in served if one != goal), None)
        failing = sum(1 for one in last.exchanges if one.failure or one.is_server_error)
        found = f"{short(other)} is served" if other else last.exchanges[0].outline()
        facts |= {"signature": "beside the edge"}
        if other or 2 * failing > total:
            message = f"beside the edge too: {found}"
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, expected, found, {**facts, "origin": "down"})
        message = f"the origin does not tell its release to the verifier: {found}"
        return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, expected, found, facts)

    def reproduce(self) -> str:
        """Return the question as a curl command."""
        return curl(self.electorate.request.url)
