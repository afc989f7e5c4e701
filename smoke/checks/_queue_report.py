"""
Read what an application says of one queue, in any of the usual shapes.

The shapes are those that applications write: a map of counts, counts under `stats` or `counts`, a bare depth, counters
of in-memory queues. A hard-wired `status: ok` is never looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smoke.checks._answers import find
from smoke.checks._health_words import State, state_of

WAITING = ("waiting", "wait", "waitingCount", "pending", "depth", "size", "queueSize", "messages_ready")
FAILED = ("failed", "failedCount")
PAUSED = ("paused", "isPaused")
OLDEST = {
    "oldestWaitingSeconds": 1.0,
    "oldestSeconds": 1.0,
    "oldestAgeSeconds": 1.0,
    "oldest_waiting_s": 1.0,
    "oldest_s": 1.0,
    "oldestWaitingMs": 0.001,
    "oldestMs": 0.001,
    "oldestAgeMs": 0.001,
}
"""Names of the oldest job's age, with the factor that makes seconds of it."""


@dataclass(frozen=True, slots=True)
class QueueReport:
    """One queue; None stands for what the report does not tell. *oldest_s* is in seconds."""

    waiting: float | None = None
    failed: float | None = None
    oldest_s: float | None = None
    paused: bool | None = None
    error: bool = False
    """Whether the queue itself could not be read, or calls itself unhealthy."""


def report_of(queue: Any, failed_since: str | None = None) -> QueueReport:
    """
    Return what *queue*, found in an answer, tells; pure. *failed_since* is the JMESPath of the failures to count.

    Prioritised jobs wait too; so do those that BullMQ up to version 5 lists as paused.
    """
    depth = _number(queue)
    if depth is not None:
        return QueueReport(waiting=depth)
    if not isinstance(queue, Mapping):
        return QueueReport(error=True)
    counts: dict[str, Any] = dict(queue)
    for nested in ("stats", "counts"):
        if isinstance(queue.get(nested), Mapping):
            counts.update(queue[nested])
    paused = next((counts[name] for name in PAUSED if name in counts), None)
    held = _number(paused)
    waits = [_first(counts, WAITING), _number(counts.get("prioritized")), held]
    told = [one for one in waits if one is not None]
    return QueueReport(
        waiting=sum(told) if waits[0] is not None else None,
        failed=_number(find(failed_since, queue)) if failed_since else _first(counts, FAILED),
        oldest_s=_oldest(counts),
        paused=paused if isinstance(paused, bool) else None if held is None else held > 0,
        error=bool(queue.get("error")) or state_of(queue.get("healthy", True)) is State.UNHEALTHY,
    )


def reports_of(queues: Any, failed_since: str | None = None) -> list[QueueReport]:
    """
    Return what an answer tells of all queues, by name or in a list; pure.

    What stands beside them, such as a status, a time or the state of Redis, is no queue: it tells no counts. A number
    is a depth only where nothing but numbers stands.
    """
    values = list(queues.values()) if isinstance(queues, Mapping) else queues if isinstance(queues, list) else []
    if values and all(_number(one) is not None for one in values):
        return [report_of(one) for one in values]
    reports = [report_of(one, failed_since) for one in values if isinstance(one, Mapping)]
    return [one for one in reports if one.error or one.waiting is not None or one.failed is not None]


def worst_of(reports: Sequence[QueueReport]) -> QueueReport:
    """Return the largest counts of several queues, each of which has to keep within the same limits."""
    paused = [one.paused for one in reports if one.paused is not None]
    return QueueReport(
        waiting=_largest([one.waiting for one in reports]),
        failed=_largest([one.failed for one in reports]),
        oldest_s=_largest([one.oldest_s for one in reports]),
        paused=any(paused) if paused else None,
        error=any(one.error for one in reports),
    )


def _largest(values: Sequence[float | None]) -> float | None:
    return max((one for one in values if one is not None), default=None)


def _first(counts: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    return next((number for name in names if (number := _number(counts.get(name))) is not None), None)


def _oldest(counts: Mapping[str, Any]) -> float | None:
    ages = ((_number(counts.get(name)), factor) for name, factor in OLDEST.items())
    return next((age * factor for age, factor in ages if age is not None), None)


def _number(value: Any) -> float | None:
    """Return a count; Redis clients sometimes write it as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return float(value[:15])
    return value if isinstance(value, (int, float)) and 0 <= value < float("inf") else None
