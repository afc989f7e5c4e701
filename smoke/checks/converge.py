"""Every replica of a service comes to serve the release; the one place where the suite waits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._census import Electorate, Vote, electorates, slim
from smoke.checks._check import Check, Observation
from smoke.checks._converge_words import judge_rollout
from smoke.checks._login_wall import Wall, refusal, wall
from smoke.checks._movement import Look
from smoke.checks._one_page import page_facts
from smoke.checks._progress import Rollout, Standing
from smoke.checks._reach import controls_answer
from smoke.checks._sampled import curl, transport_facts
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release, normalise
from smoke.verdict.words import Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

RESERVE_S = 2.0
"""What converging leaves of the budget, so that its finding is still written."""

LOOKS_TO_GIVE_UP = 3
"""So many looks in a row that do not even reach the host, or are turned away, raise the question why."""

_NO_NETWORK = frozenset({FailureKind.NAME, FailureKind.UNREACHABLE})


def checks(environment: Environment, release: Release) -> Iterator["ConvergeCheck"]:
    """Return a check for each service that tells its release."""
    for name, electorate in electorates(environment, release).items():
        yield ConvergeCheck(subject=name, service=name, electorate=electorate)


@dataclass(frozen=True, kw_only=True)
class ConvergeCheck(Check):
    """
    Every replica serves the expected commit; without an announced one, all serve the same.

    The only waiting there is: looks follow each other until a full census agrees, until nothing moves any more, or
    until the time is up. Bursts of 502 and mixtures are part of a rollout as long as it moves.
    """

    kind: ClassVar[str] = "converge"
    stage: ClassVar[Stage] = Stage.CONVERGE
    independent: ClassVar[bool] = True
    watches: ClassVar[bool] = True

    electorate: Electorate

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Look until the rollout has come to an end of one kind or another."""
        began, rollout = world.remaining_s(), self._rollout(world)
        looks, reach = list[Look](), _Reach()
        while True:
            exchanges = await self.electorate.ask(world.http)
            reach.add(exchanges, world.environment)
            looks.append(Look(began - world.remaining_s(), self.electorate.votes(exchanges)))
            if rollout.standing(looks) is not Standing.UNDER_WAY:
                break
            if await reach.hopeless(world):
                break
            await world.pause(world.environment.converge.every_s)
        transport = reach.facts() | (page_facts(exchanges) if not any(one.commit for one in looks[-1].votes) else {})
        held: tuple[Vote, ...] = ()
        if rollout.standing(looks) is Standing.STUCK and self._nothing_new(looks[-1]):
            past = self.electorate.votes(await self.electorate.ask_past(world.http, self.electorate.size))
            held = self._held(looks[-1], past)
        facts = {"held": held, "looks": tuple(looks), "rollout": rollout, "transport": transport, "wall": reach.wall()}
        return Observation(slim(exchanges), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest watch."""
        return judge_rollout(rounds[-1].facts)

    def reproduce(self) -> str:
        """Return the question as a curl command."""
        return curl(self.electorate.request.url)

    def _nothing_new(self, look: Look) -> bool:
        """Tell whether every page is another release's, and none admits that it lay in a cache."""
        goal = normalise(self.electorate.release.commit)
        told = [one for one in look.votes if one.commit]
        return self.electorate.probe.meta is not None and not any(one.edge or one.commit == goal for one in told)

    def _held(self, look: Look, past: Sequence[Vote]) -> tuple[Vote, ...]:
        """Return the votes of a cache that does not say so beside those past it, if there the release is served."""
        goal = normalise(self.electorate.release.commit)
        if goal is None or not past or any(one.commit != goal for one in past):
            return ()
        return (*(replace(one, edge=True, replica=None) for one in look.votes), *past)

    def _rollout(self, world: "World") -> Rollout:
        converge, service = world.environment.converge, self.electorate.service
        left_s = max(0.0, world.remaining_s() - RESERVE_S)
        before = world.before(self.id)
        return Rollout(
            goal=normalise(self.electorate.release.commit),
            previous=normalise(self.electorate.release.replaced),
            size=self.electorate.size,
            share=self.electorate.share,
            replicas=service.replicas,
            stuck_after_s=converge.stuck_after_s,
            limit_s=min(converge.within_s, left_s),
            whole=converge.within_s <= left_s,
            version=self.electorate.release.version,
            condemned=self.electorate.release.condemned is not None,
            optional=self.electorate.probe.optional,
            silent_before=before is not None and before.outcome is Outcome.SKIPPED,
        )


class _Reach:
    """How far questions have come so far; decides when to ask why they do not come through."""

    def __init__(self) -> None:
        self._nowhere = 0
        self._turned_away = 0
        self._kinds: set[FailureKind] = set()
        self._facts: dict[str, Any] = {"answered": False}
        self._wall: Wall | None = None
        self._asked_for_wall = False

    def add(self, exchanges: Sequence[Exchange], environment: Environment) -> None:
        """Take in one look."""
        kinds = {one.failure.kind if one.failure else None for one in exchanges}
        nowhere = all(kind is not None and kind.before_any_answer for kind in kinds)
        self._nowhere = self._nowhere + 1 if nowhere else 0
        self._kinds = {kind for kind in kinds if kind is not None}
        answers = [one for one in exchanges if one.status is not None]
        turned_away = bool(answers) and all(refusal(one, environment) for one in answers)
        self._turned_away = self._turned_away + 1 if turned_away else 0
        now = transport_facts(exchanges)
        self._facts = {**now, "answered": now["answered"] or self._facts["answered"]}

    async def hopeless(self, world: "World") -> bool:
        """Tell whether something is known that makes further waiting pointless."""
        if self._turned_away >= LOOKS_TO_GIVE_UP and not self._asked_for_wall:
            self._asked_for_wall = True
            self._wall = await wall(world)
            return self._wall is not None and self._wall.foreign
        if self._facts["answered"] or self._nowhere < LOOKS_TO_GIVE_UP - 1:
            return False
        reachable = await controls_answer(world)
        named = reachable is None and self._kinds <= _NO_NETWORK and self._nowhere >= LOOKS_TO_GIVE_UP
        return reachable is False or named

    def wall(self) -> Wall | None:
        """Return the login wall that turns us away, up to the newest look."""
        return self._wall if self._turned_away else None

    def facts(self) -> dict[str, Any]:
        """Return the evidence of the newest look, and whether anything ever answered."""
        return self._facts
