"""A queue keeps within its limits, by its counts: jobs waiting, the oldest's age, failures since the deploy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._backlog import BACKLOG, worked_off
from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import role_headers
from smoke.checks._queue_probe import NONE_TOLD, QueueProbe
from smoke.checks._queue_report import QueueReport
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


UNTOLD = ("no count of waiting jobs", "no count of failed jobs", "no age of the oldest job")
"""Faults of a report that may never have told what a limit is for; the baseline may know better."""


@dataclass(frozen=True, kw_only=True)
class QueueCheck(SampledCheck):
    """
    A queue keeps within its limits, by its counts: jobs waiting, the oldest's age, failures since the deploy.

    A limit of which the report says nothing condemns nobody: the check is undecided, unless it was told before the
    deploy. The age alone is only noted where another limit is judged.
    """

    kind: ClassVar[str] = "queue"
    stage: ClassVar[Stage] = Stage.INTEGRATION

    probe: QueueProbe

    async def request(self, world: "World") -> Request:
        """Ask for the counts."""
        return Request("GET", self.probe.url, headers=await role_headers(world, self.probe.queue.role))

    def fault(self, exchange: Exchange) -> str | None:
        """Judge the counts, whatever the status word beside them says."""
        report = self.probe.read(exchange)
        return report if isinstance(report, str) else self._beyond_limits(report)

    @property
    def expected(self) -> str:
        """The limits in words."""
        limits = self.probe.queue.limits
        words = {
            "at most {:g} waiting": limits.max_waiting,
            "the oldest at most {:g} s": limits.max_oldest_s,
            "at most {:g} failed": limits.max_failed,
        }
        wishes = [text.format(limit) for text, limit in words.items() if limit is not None]
        return ", ".join([*wishes, *([] if limits.paused else ["not paused"])]) or "counts"

    def remark(self, exchange: Exchange) -> str | None:
        """Note that failures since the deploy could not be told apart, and that no age is told."""
        limits = self.probe.queue.limits
        unjudged = not self._failures_known and limits.max_failed is not None
        said = ["failures since the deploy were not counted: its start is not known"] if unjudged else []
        report = self.probe.read(exchange)
        if isinstance(report, QueueReport) and limits.max_oldest_s is not None and _ageless(report):
            said.append("the age of the oldest job is not told, so it was not judged")
        return "; ".join(said) or None

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Return the newest counts."""
        reports = [report for one in rounds[-1].exchanges if isinstance(report := self.probe.read(one), QueueReport)]
        if not reports:
            return {}
        told = {"waiting": reports[-1].waiting, "failed": reports[-1].failed, "oldest_s": reports[-1].oldest_s}
        known = {name: value for name, value in told.items() if value is not None}
        pace = self._drained_per_s(rounds)
        return {**known, "measured": {**known, **({} if pace is None else {"drained_per_s": pace})}}

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask for the counts, and remember those of before the deploy."""
        seen = await super().observe(world, round_number)
        before = world.before(self.id)
        return replace(seen, facts={**seen.facts, "before": dict(before.measured) if before else {}})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge as any sampled check; but a backlog that shrinks is not condemned, as its worker works."""
        judgement = super().judge(rounds)
        signature = judgement.facts.get("signature", "")
        if judgement.outcome is Outcome.FAILED and (signature in UNTOLD or signature.startswith(NONE_TOLD)):
            message = f"{judgement.message}; correct the limits or `at` in the environment file"
            facts = {**judgement.facts, "unreported": True}
            return replace(judgement, outcome=Outcome.UNDECIDED, cause=Cause.SUITE, message=message, facts=facts)
        if judgement.outcome is not Outcome.FAILED or signature not in BACKLOG:
            return judgement
        before, after = self._depth(rounds[0]), self._depth(rounds[-1])
        found = f"{after:g} waiting" if after is not None else judgement.found
        judgement = replace(judgement, message=f"{judgement.message}: {found}", found=found)
        if before is None or after is None or len(rounds) == 1:
            return judgement
        known = rounds[-1].facts.get("before", {})
        usual, then = known.get("drained_per_s"), known.get("waiting")
        old = any(self.probe.from_before(one) for one in rounds[-1].exchanges) or (then is not None and then >= before)
        paces = self._drained_per_s(rounds), usual if isinstance(usual, (int, float)) else None
        return worked_off(judgement, (before, after), paces, old=old)

    def reproduce(self) -> str:
        """Return the request."""
        return curl(self.probe.url)

    @property
    def _failures_known(self) -> bool:
        """Whether the failures that the answer tells are the ones that the limit is for."""
        return self.probe.since is not None or self.probe.queue.failed_since is None

    def _beyond_limits(self, report: QueueReport) -> str | None:
        limits, known = self.probe.queue.limits, self._failures_known
        alone = limits.max_waiting is None and limits.max_failed is None
        ageless = alone and _ageless(report)
        faults = {
            "the queue reports an error": report.error,
            "the queue is paused": bool(report.paused) and not limits.paused,
            "no count of waiting jobs": limits.max_waiting is not None and report.waiting is None,
            "no age of the oldest job": limits.max_oldest_s is not None and ageless,
            "no count of failed jobs": limits.max_failed is not None and known and report.failed is None,
            "too many jobs have failed": known and _above(report.failed, limits.max_failed),
            "too many jobs are waiting": _above(report.waiting, limits.max_waiting),
            "the oldest job has waited too long": _above(report.oldest_s, limits.max_oldest_s),
        }
        return next((fault for fault, present in faults.items() if present), None)

    def _drained_per_s(self, rounds: Sequence[Observation]) -> float | None:
        """Return how many jobs fewer wait in each second between the first look and the last; None for one look."""
        first, last = self._depth(rounds[0]), self._depth(rounds[-1])
        if len(rounds) == 1 or first is None or last is None:
            return None
        over_s = rounds[-1].exchanges[-1].at - rounds[0].exchanges[0].at
        return round((first - last) / over_s, 3) if over_s > 0 else None

    def _depth(self, one_round: Observation) -> float | None:
        depths = [depth for one in one_round.exchanges if (depth := self.probe.depth(one)) is not None]
        return max(depths, default=None)


def _ageless(report: QueueReport) -> bool:
    return report.oldest_s is None and report.waiting != 0


def _above(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each queue that a service reports on."""
    for name, queue in environment.queues.items():
        if queue.path is None:
            continue
        yield QueueCheck(
            subject=name,
            **every_replica_of(environment, queue.service),
            depends_on=queue.depends_on,
            probe=QueueProbe.of(queue, environment, release),
        )
