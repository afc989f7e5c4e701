"""Every service goes on serving the release for a while, in the same processes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import anyio

from smoke.checks._answers import replica_of
from smoke.checks._census import Electorate, electorates, slim
from smoke.checks._check import Check, Observation
from smoke.checks._leaks import Level
from smoke.checks._outbreaks import Beat
from smoke.checks._sampled import curl, intern, transport_facts
from smoke.checks._soak_judgement import Watched, concern, judge_soak, trouble_began_s
from smoke.checks._soak_probes import Probes, probes
from smoke.checks._unanimity import Unanimity
from smoke.checks._uptime import Clockwork
from smoke.environment import Environment
from smoke.environment.load import Soak
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release, normalise
from smoke.verdict.tally import samples_needed
from smoke.verdict.unmade import CONDEMNED
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

MARGIN_S = 1.0
"""What a soak leaves of the time that it has, so that it ends by itself and its finding is still written."""

REST = 3.0
"""How many times as long as a look waited for its turn the next is put off: a soak goes first, but takes its share."""

MORE_LOOKS = 4
"""An outbreak that is under way in the end is watched for so many looks more."""


def checks(environment: Environment, release: Release) -> Iterator["SoakCheck"]:
    """Return a check for each service, if the environment is to be watched on."""
    if not environment.soak.lasts_s:
        return
    known = electorates(environment, release)
    for name, asked in probes(environment, release):
        uptime = asked.service.uptime
        yield SoakCheck(
            subject=name,
            service=name,
            soak=environment.soak,
            probes=asked,
            electorate=known.get(name),
            clockwork=Clockwork(asked.service, uptime) if uptime else None,
        )


@dataclass(frozen=True, kw_only=True)
class SoakCheck(Check):
    """
    The service goes on answering, with the same release in the same processes, until the soak is over.

    What needs time to appear is seen by nobody who looks once: processes that end after some minutes, a release that
    the platform takes back, bursts of failures. A single failure is noted; failures that lie close together and last,
    come back, or go with a restart are the release's. What failed from the beginning is the matter of other checks.
    """

    kind: ClassVar[str] = "soak"
    stage: ClassVar[Stage] = Stage.MONITORING
    watches: ClassVar[bool] = True

    soak: Soak
    probes: Probes
    electorate: Electorate | None = None
    clockwork: Clockwork | None = None

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Look at a low rate, on fresh connections, until the time is over or it is clear that something is wrong."""
        watched, exchanges = self._begun(world), list[Exchange]()
        began, lasts_s = world.remaining_s(), min(self.soak.lasts_s, world.remaining_s() - MARGIN_S)
        extra = MORE_LOOKS
        while True:
            before, left_s = len(exchanges), world.remaining_s()
            with anyio.move_on_after(max(0.0, world.remaining_s() - MARGIN_S)):  # a look that hangs loses no other
                exchanges += await self._look(world, watched, began)
            watched.covered_s = min(began - world.remaining_s(), self.soak.lasts_s)
            found = concern(watched)
            if found is not None and found.sure:
                break
            if world.remaining_s() <= MARGIN_S:
                break
            if began - world.remaining_s() >= lasts_s and watched.told_enough:
                extra -= 1
                if (found is None and not watched.uneasy) or extra < 0:
                    break
            elif world.condemned():
                watched.stopped = CONDEMNED
                break
            rest_s = REST * _queued_s(left_s - world.remaining_s(), exchanges[before:])
            await world.pause(min(max(self.soak.every_s, rest_s), max(0.0, world.remaining_s() - MARGIN_S)))
        kept = intern(slim(exchanges))
        since = [one for one in kept if one.at >= watched.began_at + trouble_began_s(watched)]
        return Observation(kept, {"watched": watched, "transport": transport_facts(since)})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest soak."""
        facts = rounds[-1].facts
        return judge_soak(facts["watched"], dict(facts["transport"]))

    def reproduce(self) -> str:
        """Return the first question as a curl command."""
        place = self.probes.places[0] if self.probes.places else "/"
        return curl(f"{self.probes.service.url}{place}")

    def _begun(self, world: "World") -> Watched:
        settled = world.memory.settled.get(self.subject, {})
        goal = normalise(world.release.of(self.subject).commit) or next(iter(settled.get("commits", ())), None)
        known = self.electorate is not None and goal is not None
        unanimity = Unanimity(self.electorate, goal, settled.get("earlier", ())) if known and self.electorate else None
        before = world.before(self.id)
        return Watched(
            unanimity=unanimity,
            began_at=world.now(),
            planned_s=self.soak.lasts_s,
            every_s=self.soak.every_s,
            needed=samples_needed(self.probes.service.share),
            deployed_at=world.release.deployed_at,
            before=before.measured if before else {},
        )

    async def _look(self, world: "World", watched: Watched, began: float) -> list[Exchange]:
        """Ask all questions of one look; a vote for another commit calls for a whole census at once."""
        number, answers = len(watched.votes), dict[str, Exchange]()

        async def ask(route: str, request: Request) -> None:
            (answers[route],) = await world.http.sample(request, 1)

        async with anyio.create_task_group() as group:
            for route, request in await self.probes.requests(world, number):
                group.start_soon(ask, route, request)
        at_s = began - world.remaining_s()
        for route, exchange in answers.items():
            if not self.probes.counts(exchange):
                continue
            held = self.probes.held(route, exchange)
            replica = replica_of(exchange, self.probes.service.replica_header)
            watched.beats.append(Beat(number, at_s, route, self.probes.fault(route, exchange), replica))
            watched.levels += [Level(world.asked(exchange.request.url), held, replica)] if held else []
        made = list(answers.values())
        if self.clockwork is not None:
            place = self.clockwork.request.url
            watched.starts += self.clockwork.starts([one for one in made if one.request.url == place])
        watched.votes.append(())
        if self.electorate is None or watched.unanimity is None:
            return made
        asked = [one for one in made if one.request.url == self.electorate.request.url]
        votes = self.electorate.votes(asked)
        if any(map(watched.unanimity.astray, votes)):
            made += (census := await self.electorate.ask(world.http))
            votes = self.electorate.votes(census)
        watched.votes[-1] = votes
        return made


def _queued_s(took_s: float, exchanges: Sequence[Exchange]) -> float:
    """Return what a look took longer than its longest answer: its requests waited for their turn."""
    return max(0.0, took_s - max((one.duration_s for one in exchanges), default=took_s))
