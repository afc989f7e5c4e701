"""
What is sent, and the port through which it leaves.

A sender is anything that can `send`. It is given the thread of the incident, if an earlier message began one, and
returns the thread to answer in next time.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from smoke.verdict.words import Severity


@dataclass(frozen=True, slots=True)
class Message:
    """
    One message to one channel.

    *id* never changes, so that who receives it can drop a repetition: *again* is true when an earlier attempt may have
    arrived although it was never confirmed. *incident* is what the messages of one incident have in common, *thread*
    the channel's own name for their thread. *facts* are names and values for those who lay them out, *links*
    addresses by their label. *elsewhere* is true when their thread may have been begun where we remember nothing of it.
    """

    id: str
    incident: str
    environment: str
    news: str
    severity: Severity
    title: str
    text: str
    at: float
    facts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    thread: str | None = None
    again: bool = False
    elsewhere: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return {**asdict(self), "severity": self.severity.value, "facts": dict(self.facts), "links": dict(self.links)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Message":
        """Read back what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        return cls(**{**data, "severity": Severity(data["severity"])})


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a message arrived; *thread* is the channel's name for the thread that it began or continued."""

    thread: str | None = None


class SendingFailed(Exception):
    """A message may not have arrived; *lasting* tells that trying it again is useless."""

    def __init__(self, why: str, *, lasting: bool = False) -> None:
        super().__init__(why)
        self.lasting = lasting


class Sender(Protocol):
    """A way out: Slack, a webhook, a file."""

    def send(self, message: Message) -> Receipt:
        """Send *message*; raises SendingFailed."""
