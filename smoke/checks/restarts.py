"""Every process was started by this deploy and keeps running."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._census import slim
from smoke.checks._check import Check, Observation
from smoke.checks._sampled import commonest_fault, curl, locate, transport_facts
from smoke.checks._uptime import Clockwork, Start, describe, newcomers, restarted
from smoke.environment import Environment
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import Reading, Sample, read
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

SECOND_ASK_S = 1.0
"""Pause between the two asks that must show the same processes."""

CLOCKS_S = 5.0
"""How far the clock that stamped the deploy's start and ours may be apart."""


def checks(environment: Environment, release: Release) -> Iterator["RestartsCheck"]:
    """Return a check for each service that tells its uptime."""
    for name, service in environment.services.items():
        if service.uptime is not None:
            yield RestartsCheck(
                subject=name,
                service=name,
                clockwork=Clockwork(service, service.uptime),
                deployed_at=release.of(name).deployed_at,
            )


@dataclass(frozen=True, kw_only=True)
class RestartsCheck(Check):
    """
    Every process was started after the deploy began, and none restarts while it is watched.

    A process older than the deploy runs old code, whatever the files beside it say. A replica whose process changes
    while it is watched is in a crash loop; where replicas have no names a single new process may also be scaling up,
    which is noted, two are judged.
    """

    kind: ClassVar[str] = "restarts"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    clockwork: Clockwork
    deployed_at: float | None = None

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask twice, with a pause in between."""
        times = self.clockwork.size * min(round_number, 2)
        first = await world.http.sample(self.clockwork.request, times)
        await world.pause(SECOND_ASK_S)
        exchanges = (*first, *await world.http.sample(self.clockwork.request, times))
        starts = self.clockwork.starts(exchanges)
        world.memory.starts[self.subject] = starts
        return Observation(slim(exchanges), {"starts": starts, "transport": transport_facts(exchanges)})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the starts of all rounds."""
        each: list[tuple[Start, ...]] = [one.facts["starts"] for one in rounds]
        starts = [one for some in each for one in some]
        facts = dict(rounds[-1].facts["transport"])
        changed = restarted(starts)
        if changed or newcomers(starts) > 1:
            found = describe(changed) if changed else "several processes started during the verification"
            return self._failed(found, {**facts, "signature": "restarts"})
        if all(one.untold for one in each[-1]):
            return self._untold(str(each[-1][0].fault), facts)
        old = self._older_than_deploy(each[-1])
        if old:
            return self._failed(old, {**facts, "signature": "did not restart"})
        return self._tallied(each, facts)

    def reproduce(self) -> str:
        """Return the question as a curl command."""
        return curl(self.clockwork.request.url)

    @property
    def _expected(self) -> str:
        return (
            "processes started by this deploy that keep running" if self.deployed_at else "processes that keep running"
        )

    def _untold(self, found: str, facts: dict[str, Any]) -> Judgement:
        facts["unreported"] = True
        if self.clockwork.uptime.optional:
            message = f"{found}, so that restarts were not looked for by it"
            return Judgement(Outcome.SKIPPED, message, None, self._expected, found, {**facts, "waived": "unreported"})
        message = f"{found}, so nothing was verified; correct `uptime` in the environment file"
        return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, self._expected, found, facts)

    def _failed(self, found: str, facts: dict[str, Any]) -> Judgement:
        return Judgement(Outcome.FAILED, found, Cause.RELEASE, self._expected, found, facts)

    def _older_than_deploy(self, starts: Sequence[Start]) -> str | None:
        if self.deployed_at is None:
            return None
        # At the latest: an answer that was long on its way makes a start look earlier.
        known = [(one.started_at + one.blur_s, one.replica) for one in starts if one.started_at is not None]
        old = {name: began for began, name in known if began < self.deployed_at - CLOCKS_S}
        if not old:
            return None
        names = sorted(name for name in old if name)
        who = f"replica {', '.join(names)}" if names else "the process"
        return f"{who} did not restart: it started {self.deployed_at - min(old.values()):.0f} s before the deploy"

    def _tallied(self, each: Sequence[Sequence[Start]], facts: dict[str, Any]) -> Judgement:
        samples = [[Sample(one.fault, one.replica) for one in some] for some in each]
        reading = read(samples, self.clockwork.service.share)
        if reading is Reading.HEALTHY:
            return self._passed([one for some in each for one in some], facts)
        fault = facts["signature"] = commonest_fault(samples) or "no answer"
        message = f"{fault} {locate(samples[-1])}"
        if reading is Reading.FAULTY:
            return self._failed(message, facts)
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._expected, message, facts, unclear=True)

    def _passed(self, starts: Sequence[Start], facts: dict[str, Any]) -> Judgement:
        message = "no process restarted while it was watched"
        if self.deployed_at is not None:
            message = "every process started with this deploy, and none restarted since"
        if newcomers(starts):
            facts["noted"] = "a process started during the verification: scaled up, or restarted once"
            message = f"{message}; {facts['noted']}"
        return Judgement(Outcome.PASSED, message, None, self._expected, message, facts)
