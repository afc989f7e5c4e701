"""What is wrong with a queue by its limits, and how it is said."""

from dataclasses import dataclass

from smoke.dependencies.queue_state import QueueState
from smoke.environment.queues import QueueLimits


@dataclass(frozen=True, slots=True)
class Expected:
    """What a queue is held to; *since* is the start of the deploy in epoch seconds, if it is known."""

    limits: QueueLimits
    workers: int | None
    since: float | None

    @property
    def in_words(self) -> str:
        """The expectation as a sentence would name it."""
        limits = self.limits
        words = {
            "at most {:g} waiting": limits.max_waiting,
            "the oldest at most {:g} s": limits.max_oldest_s,
            "at most {:g} failed since the deploy": limits.max_failed,
            "at most {:g} stalled": limits.max_stalled,
            "workers, at least {:g}": self.workers,
        }
        wishes = [text.format(limit) for text, limit in words.items() if limit is not None]
        return ", ".join([*wishes, *([] if limits.paused else ["not paused"])]) or "a queue"


def faults_of(state: QueueState, expected: Expected) -> list[str]:
    """Return all that is wrong, in words that stay the same while the numbers change; pure."""
    limits = expected.limits
    faults = {
        state.trouble: bool(state.trouble),
        "the queue is paused": bool(state.paused) and not limits.paused,
        "too few workers are connected": _above(expected.workers, state.workers),
        "too many jobs have failed": _above(state.failed_since, limits.max_failed),
        "too many jobs are stalled": _above(state.stalled, limits.max_stalled),
        "too many jobs are waiting": _above(state.waiting, limits.max_waiting),
        "the oldest job has waited too long": _above(state.oldest_s, limits.max_oldest_s),
    }
    return [fault for fault, present in faults.items() if present]


def remarks_of(state: QueueState, expected: Expected) -> list[str]:
    """Return what a reader should know although it is no fault; pure."""
    limits = expected.limits
    remarks = {
        state.remark: bool(state.remark),
        "failures since the deploy were not counted: its start is not known": limits.max_failed is not None
        and expected.since is None,
        f"workers were not counted, but jobs show one at work: {state.workers_untold}": bool(expected.workers)
        and state.workers is None
        and state.at_work,
        f"{state.stalled} active jobs are held by no worker": bool(state.stalled) and limits.max_stalled is None,
        f"{state.overdue} delayed jobs are due and not taken up": bool(state.overdue),
        "the age of the oldest job could not be told": limits.max_oldest_s is not None
        and state.oldest_s is None
        and state.waiting > 0,
    }
    return [remark for remark, present in remarks.items() if present]


def in_words(state: QueueState, expected: Expected) -> str:
    """Return the state in a few words, with the numbers that the limits are about; pure."""
    since = "since the deploy" if expected.since is not None else "in all"
    failed = state.failed_since if expected.since is not None else state.failed
    which = f" ({', '.join(state.failed_jobs)})" if state.failed_jobs else ""
    words = {
        f"{state.waiting} waiting": True,
        f"the oldest for {state.oldest_s or 0:.0f} s": state.oldest_s is not None,
        f"{state.active} active": state.active is not None,
        f"{state.stalled} stalled": bool(state.stalled),
        f"{failed} failed {since}{which}": failed is not None,
        f"{state.workers} worker{'' if state.workers == 1 else 's'}": state.workers is not None,
        "paused": bool(state.paused),
    }
    return ", ".join(word for word, told in words.items() if told)


def _above(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit
