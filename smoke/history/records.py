"""The rows of the history, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from smoke.alerts.message import Message


class RunKind(StrEnum):
    """Why a run was made."""

    SCHEDULED = "scheduled"
    CONFIRMING = "confirming"
    WATCHING = "watching"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Run:
    """
    One run; *ended_at*, *standing* and *verdict* are None while it goes on.

    A start that was set aside made no verdict, and says in *summary* why. *live* is the one commit that was served.
    """

    run_id: str
    environment: str
    kind: RunKind
    began_at: float
    ended_at: float | None = None
    standing: str | None = None
    verdict: str | None = None
    summary: str = ""
    live: str | None = None
    duration_s: float | None = None
    report: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found in one run."""

    check_id: str
    stage: str
    gating: bool
    outcome: str
    cause: str | None
    message: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class Deploy:
    """A deploy; *verdict* is what its last verification said, None if it had none, *live* None until it is known."""

    id: int
    environment: str
    begun_at: float
    live: str | None = None
    previous: str | None = None
    ended_at: float | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class PastIncident:
    """An incident as the history keeps it."""

    id: str
    environment: str
    kind: str
    severity: str
    began_at: float
    opened_at: float
    resolved_at: float | None = None
    checks: tuple[str, ...] = ()
    blamed: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits in the outbox for its *channel*; *tries* have been made to send it."""

    seq: int
    channel: str
    message: Message
    made_at: float
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended, with what its checks found."""

    run: Run
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a run leads to: the alerts' next state, the incident that it touched, messages by channel."""

    state: Mapping[str, Any]
    incident: PastIncident | None = None
    messages: tuple[tuple[str, Message], ...] = field(default=())
