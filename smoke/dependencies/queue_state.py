"""What a queue's own server tells of it, whoever wrote the queue."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class QueueState:
    """
    One queue at one moment; None stands for what its server cannot tell.

    *at* is epoch seconds by the server's own clock where it tells one. *waiting* are the jobs that a worker may take
    now, *overdue* those of *delayed* whose time has come. *stalled* jobs are active, but no worker holds them.
    *failed_since* and *completed_since* count from the start of the deploy. *workers_untold* says why *workers* is
    None; *held* are the active jobs that a worker certainly holds. *exists* is False where nothing of the queue is.
    """

    at: float
    waiting: int
    exists: bool = True
    delayed: int | None = None
    overdue: int | None = None
    active: int | None = None
    held: int | None = None
    failed: int | None = None
    failed_since: int | None = None
    completed_since: int | None = None
    completed_lately: int | None = None
    waiting_children: int | None = None
    stalled: int | None = None
    oldest_s: float | None = None
    paused: bool | None = None
    workers: int | None = None
    workers_untold: str = ""
    failed_jobs: tuple[str, ...] = ()
    version: str = ""
    trouble: str = ""
    """What the server itself says is wrong with the queue."""
    remark: str = ""
    """What should be known of the server, although the queue is well."""

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return {**asdict(self), "failed_jobs": list(self.failed_jobs)}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "QueueState":
        """Return what `to_json` wrote."""
        return cls(**{**told, "failed_jobs": tuple(told["failed_jobs"])})

    @property
    def at_work(self) -> bool:
        """Whether a worker is proven by its work: it holds a job, or has just completed one."""
        return bool(self.held) or bool(self.completed_lately)
