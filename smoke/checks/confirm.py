"""After the last check every replica still serves the release, in the same processes, and fails by chance only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._census import Electorate, Vote, electorates, slim
from smoke.checks._check import Check, Observation
from smoke.checks._sampled import curl, transport_facts
from smoke.checks._strays import Strays, ask_again, by_hand, failures, read_again
from smoke.checks._unanimity import OTHER_COMMIT, Unanimity, goal_of
from smoke.checks._uptime import Clockwork, Start, describe, newcomers, restarted
from smoke.environment import Environment
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import Reading
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


STRAYS = "server errors here and there"


def checks(environment: Environment, release: Release) -> Iterator["ConfirmCheck"]:
    """Return a check for each service that tells its release."""
    for name, electorate in electorates(environment, release).items():
        uptime = electorate.service.uptime
        clockwork = Clockwork(electorate.service, uptime) if uptime else None
        yield ConfirmCheck(subject=name, service=name, electorate=electorate, clockwork=clockwork)


@dataclass(frozen=True, kw_only=True)
class ConfirmCheck(Check):
    """
    After the last check every replica still serves the release, in the same processes as before.

    What was verified in between counts only for the release that was there all the time. A version that went back was
    rolled back by somebody or something; one that went on belongs to another deploy, whose own run decides. Server
    errors that each check took for chance are counted together, and looked at again where they are too many for that.
    """

    kind: ClassVar[str] = "confirm"
    stage: ClassVar[Stage] = Stage.CONFIRM

    electorate: Electorate
    clockwork: Clockwork | None = None

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Take the census again, and the starts of the processes where they are told."""
        exchanges = await self.electorate.ask(world.http, self.electorate.size * min(round_number, 2))
        settled = world.memory.settled.get(self.subject, {})
        facts: dict[str, Any] = {
            "votes": self.electorate.votes(exchanges),
            "settled": next(iter(settled.get("commits", ())), None),
            "earlier": settled.get("earlier", ()),
            "before": world.memory.census.get(self.subject, ()),
            "transport": transport_facts(exchanges),
        }
        if self.clockwork is not None:
            ticks = await world.http.sample(self.clockwork.request, self.clockwork.size)
            earlier = world.memory.starts.get(self.subject, ())
            facts["starts"] = (*earlier, *self.clockwork.starts(ticks))
            exchanges = (*exchanges, *ticks)
        strays = Strays.of(world.memory, self.subject)
        if strays.suspicious:
            again = await ask_again(strays, world) if round_number > 1 else ()
            exchanges = (*exchanges, *again)
            facts["strays"] = {
                "total": strays.total,
                "routes": len(strays.routes),
                "again": (failures(again), len(again)),
                "by_hand": by_hand(strays),
            }
        return Observation(slim(exchanges), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the census first, the processes then."""
        censuses: list[tuple[Vote, ...]] = [one.facts["votes"] for one in rounds]
        earlier: tuple[Vote, ...] = rounds[0].facts["before"]
        # Without an announced commit the one counts that the rollout came to rest with.
        settled = None if self.electorate.release.commit else rounds[0].facts["settled"]
        goal = settled or goal_of(self.electorate, earlier or censuses[-1])
        unanimity = Unanimity(self.electorate, goal, rounds[0].facts["earlier"])
        judgement = unanimity.judge(censuses, rounds[-1].facts["transport"])
        if judgement.outcome is Outcome.PASSED:
            processes = self._processes(rounds, judgement)
            return processes if processes.outcome is Outcome.FAILED else _strays(rounds, processes)
        if judgement.outcome is Outcome.FAILED and judgement.facts.get("signature") == OTHER_COMMIT:
            message = f"the release did not stay: {judgement.message}"
            return replace(judgement, message=message)
        return judgement

    def reproduce(self) -> str:
        """Return the question as a curl command."""
        return curl(self.electorate.request.url)

    def _processes(self, rounds: Sequence[Observation], judgement: Judgement) -> Judgement:
        starts: list[Start] = [start for one in rounds for start in one.facts.get("starts", ())]
        changed = restarted(starts)
        if not changed and newcomers(starts) < 2:  # noqa: PLR2004 - one newcomer may be scaling up
            return judgement
        found = describe(changed) if changed else "several processes started during the verification"
        facts = {**judgement.facts, "signature": "restarts"}
        return replace(judgement, outcome=Outcome.FAILED, cause=Cause.RELEASE, message=found, found=found, facts=facts)


def _strays(rounds: Sequence[Observation], judgement: Judgement) -> Judgement:
    """Judge the server errors that no check was sure of: at first by their number, then by what came next."""
    seen = [one.facts["strays"] for one in rounds if "strays" in one.facts]
    if not seen:
        return judgement
    (failed, asked), again = seen[0]["total"], [one["again"] for one in seen if one["again"][1]]
    reading = read_again((failed, asked), again)
    found = f"{failed} of {asked} requests, at {seen[0]['routes']} addresses, ended in a server error"
    if again:
        found += f", and {sum(one for one, _ in again)} of {sum(all_ for _, all_ in again)} when they were asked again"
    if reading is Reading.HEALTHY:
        noted = f"{found}: {'it has passed' if again else 'as many as chance makes'}"
        return replace(judgement, facts={**judgement.facts, "noted": noted})
    facts = {**judgement.facts, "signature": STRAYS, "strays": True, "failed_share": round(failed / asked, 3)}
    outcome = Outcome.FAILED if reading is Reading.FAULTY else Outcome.UNDECIDED
    message = f"{found}: too many for chance" + ("" if outcome is Outcome.FAILED else ", too few for certainty")
    unclear = outcome is Outcome.UNDECIDED
    said = replace(judgement, message=message, found=found, facts=facts, reproduce=str(seen[0]["by_hand"]))
    return replace(said, outcome=outcome, cause=Cause.RELEASE, unclear=unclear)
