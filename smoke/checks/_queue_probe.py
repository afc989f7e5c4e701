"""Where a service reports on one queue, and how an answer from there is read."""

from dataclasses import dataclass
from typing import Self

from smoke.checks._answers import find
from smoke.checks._json import document_of
from smoke.checks._queue_report import QueueReport, report_of, reports_of, worst_of
from smoke.environment import Environment
from smoke.environment.queues import Queue
from smoke.http import Exchange
from smoke.verdict.release import Release

NONE_TOLD = "no queue at"
"""How a report begins that should hold all queues, and holds none."""

STATUSES = frozenset({200, 207, 503})
"""Statuses that come with counts; another queue may be what made it a 207 or 503."""


@dataclass(frozen=True, slots=True)
class QueueProbe:
    """
    One queue's place in a report.

    *url* asks for failures since the deploy where its start, *since* in epoch seconds, is known.
    """

    queue: Queue
    url: str
    since: float | None

    @classmethod
    def of(cls, queue: Queue, environment: Environment, release: Release) -> Self:
        """Build the probe of *queue*."""
        origin = environment.services[queue.service].url
        return cls(queue, origin + _path(queue, release.deployed_at), release.deployed_at)

    def read(self, exchange: Exchange) -> QueueReport | str:
        """Return what an answer tells of the queue, or why it tells nothing."""
        document = document_of(exchange, STATUSES)
        if document.fault:
            return document.fault
        found = find(str(self.queue.at), document.value)
        if found is None:
            bare = "" if exchange.is_ok else f"HTTP {exchange.status} with "
            return f"{bare}nothing at {self.queue.at}"
        failed_since = self.queue.failed_since if self.since is not None else None
        if not self.queue.every:
            return report_of(found, failed_since)
        reports = reports_of(found, failed_since)
        return worst_of(reports) if reports else f"{NONE_TOLD} {self.queue.at}"

    def depth(self, exchange: Exchange) -> float | None:
        """Return how many jobs wait, if the answer tells."""
        report = self.read(exchange)
        return report.waiting if isinstance(report, QueueReport) else None

    def from_before(self, exchange: Exchange) -> bool:
        """Tell whether the oldest waiting job was there before the deploy began."""
        report = self.read(exchange)
        if isinstance(report, str) or report.oldest_s is None or self.since is None:
            return False
        return exchange.at - report.oldest_s < self.since


def _path(queue: Queue, since: float | None) -> str:
    """Put the start of the deploy, in epoch milliseconds, where the path has room for it, else into the query."""
    moment, path = str(int((since or 0) * 1000)), queue.path or "/"
    if "{since}" in path:
        return path.replace("{since}", moment)
    if queue.failed_since is None or since is None:
        return path
    return f"{path}{'&' if '?' in path else '?'}since={moment}"
