"""A queue keeps within its limits, by its counts: jobs waiting, the oldest's age, failures since the deploy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import find
from smoke.checks._check import Check, Observation
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._queue_report import QueueReport, report_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.promises import Queue
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

STATUSES = frozenset({200, 207, 503})
"""Statuses that come with counts; another queue may be what made it a 207 or 503."""

BACKLOG = ("too many jobs are waiting", "the oldest job has waited too long")
"""Faults that pass by themselves where the queue is draining."""


@dataclass(frozen=True, kw_only=True)
class QueueCheck(SampledCheck):
    """A queue keeps within its limits, by its counts: jobs waiting, the oldest's age, failures since the deploy."""

    kind: ClassVar[str] = "queue"
    stage: ClassVar[Stage] = Stage.INTEGRATION

    queue: Queue
    url: str
    since: float | None
    """Start of the deploy in epoch seconds, if known."""

    async def request(self, world: "World") -> Request:
        """Ask for the counts."""
        return Request("GET", self.url, headers=await role_headers(world, self.queue.role))

    def fault(self, exchange: Exchange) -> str | None:
        """Judge the counts, whatever the status word beside them says."""
        report = self._report(exchange)
        return report if isinstance(report, str) else self._beyond_limits(report)

    @property
    def expected(self) -> str:
        """The limits in words."""
        limits = self.queue.limits
        words = {
            "at most {:g} waiting": limits.max_waiting,
            "the oldest at most {:g} s": limits.max_oldest_s,
            "at most {:g} failed": limits.max_failed,
        }
        wishes = [text.format(limit) for text, limit in words.items() if limit is not None]
        return ", ".join([*wishes, *([] if limits.paused else ["not paused"])]) or "counts"

    def remark(self, exchange: Exchange) -> str | None:  # noqa: ARG002 - the same for every answer
        """Note that failures since the deploy could not be told apart."""
        unknown = self.queue.failed_since and self.since is None and self.queue.limits.max_failed is not None
        return "failures since the deploy were not counted: its start is not known" if unknown else None

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Return the newest counts."""
        newest = [report for one in rounds[-1].exchanges if isinstance(report := self._report(one), QueueReport)]
        if not newest:
            return {}
        told = {"waiting": newest[-1].waiting, "failed": newest[-1].failed, "oldest_s": newest[-1].oldest_s}
        return {name: value for name, value in told.items() if value is not None}

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge as any sampled check; but a backlog that shrinks is not condemned, as its worker works."""
        judgement = super().judge(rounds)
        if judgement.outcome is not Outcome.FAILED or judgement.facts.get("signature") not in BACKLOG:
            return judgement
        before, after = self._depth(rounds[0]), self._depth(rounds[-1])
        found = f"{after:g} waiting" if after is not None else judgement.found
        judgement = replace(judgement, message=f"{judgement.message}: {found}", found=found)
        if before is None or after is None or len(rounds) == 1 or after >= before:
            return judgement
        message = f"{judgement.message}, falling from {before:g}: the worker works through a backlog"
        cause = Cause.PREEXISTING if self._from_before(rounds[-1]) else Cause.RELEASE
        return replace(judgement, outcome=Outcome.UNDECIDED, cause=cause, message=message)

    def reproduce(self) -> str:
        """Return the request."""
        return curl(self.url)

    def _report(self, exchange: Exchange) -> QueueReport | str:
        """Return what the answer tells of the queue, or why it tells nothing."""
        document = document_of(exchange, STATUSES)
        if document.fault:
            return document.fault
        queue = find(self.queue.at, document.value)
        if queue is None:
            bare = f"HTTP {exchange.status} with " if exchange.status != 200 else ""  # noqa: PLR2004 - OK
            return f"{bare}nothing at {self.queue.at}"
        return report_of(queue, self.queue.failed_since if self.since is not None else None)

    def _beyond_limits(self, report: QueueReport) -> str | None:
        limits, known = self.queue.limits, self.since is not None or self.queue.failed_since is None
        faults = {
            "the queue reports an error": report.error,
            "the queue is paused": bool(report.paused) and not limits.paused,
            "no count of waiting jobs": limits.max_waiting is not None and report.waiting is None,
            "no age of the oldest job": limits.max_oldest_s is not None
            and report.oldest_s is None
            and report.waiting != 0,
            "no count of failed jobs": limits.max_failed is not None and known and report.failed is None,
            "too many jobs have failed": known and _above(report.failed, limits.max_failed),
            "too many jobs are waiting": _above(report.waiting, limits.max_waiting),
            "the oldest job has waited too long": _above(report.oldest_s, limits.max_oldest_s),
        }
        return next((fault for fault, present in faults.items() if present), None)

    def _depth(self, one_round: Observation) -> float | None:
        reports = [report for one in one_round.exchanges if isinstance(report := self._report(one), QueueReport)]
        return max((report.waiting for report in reports if report.waiting is not None), default=None)

    def _from_before(self, one_round: Observation) -> bool:
        """Tell whether the oldest waiting job was there before the deploy began."""
        ages = [
            one.at - report.oldest_s
            for one in one_round.exchanges
            if isinstance(report := self._report(one), QueueReport) and report.oldest_s is not None
        ]
        return self.since is not None and bool(ages) and max(ages) < self.since


def _above(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each queue."""
    for name, queue in environment.queues.items():
        service = environment.services[queue.service]
        yield QueueCheck(
            subject=name,
            service=queue.service,
            share=service.share,
            replica_header=service.replica_header,
            queue=queue,
            url=service.url.rstrip("/") + _path(queue, release.deployed_at),
            since=release.deployed_at,
        )


def _path(queue: Queue, since: float | None) -> str:
    """Put the start of the deploy, in epoch milliseconds, where the path has room for it, else into the query."""
    moment = str(int((since or 0) * 1000))
    if "{since}" in queue.path:
        return queue.path.replace("{since}", moment)
    if queue.failed_since is None or since is None:
        return queue.path
    return f"{queue.path}{'&' if '?' in queue.path else '?'}since={moment}"
