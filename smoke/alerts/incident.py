"""What the alerts remember from one look to the next, as plain values that survive a restart."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from smoke.alerts.look import Blame, Look
from smoke.verdict.words import Severity


class Kind(StrEnum):
    """What an incident is about."""

    FAILING = "failing"
    UNCLEAR = "unclear"


class News(StrEnum):
    """What an alert says about its incident."""

    OPENED = "opened"
    WORSE = "worse"
    CHANGED = "changed"
    ESCALATED = "escalated"
    REMINDER = "reminder"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Incident:
    """
    Something that people must know of, until it is over.

    *began_at* is when it was first seen, *opened_at* when it counted. *checks* are all that failed in it so far, *told*
    the channels that know, *said* how often they were told and *said_at* when last.
    """

    id: str
    kind: Kind
    severity: Severity
    began_at: float
    opened_at: float
    checks: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    said: int = 0
    said_at: float = 0.0
    resolved_at: float | None = None
    blame: Blame | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to tell the channels *to*; *look* is what it was seen in."""

    news: News
    incident: Incident
    look: Look
    to: tuple[str, ...]

    @property
    def id(self) -> str:
        """The same whenever the same look is counted again, so that nobody is told twice."""
        return f"{self.incident.id}/{self.incident.said}"


@dataclass(frozen=True, slots=True)
class State:
    """Looks in a row, what failed in the last failing one, since when, and the open incident."""

    failures: int = 0
    successes: int = 0
    unclear: int = 0
    suspects: tuple[str, ...] = ()
    since: float | None = None
    """When what is counted began: the failing or unclear looks, or within an incident the sound ones."""
    incident: Incident | None = None

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        """Read back what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        incident = data["incident"]
        return cls(**{**data, "suspects": tuple(data["suspects"]), "incident": incident and _incident(incident)})


def _incident(data: Mapping[str, Any]) -> Incident:
    blame = data["blame"]
    return Incident(
        **{
            **data,
            "kind": Kind(data["kind"]),
            "severity": Severity(data["severity"]),
            "checks": tuple(data["checks"]),
            "told": tuple(data["told"]),
            "blame": blame and Blame(**{**blame, "checks": tuple(blame["checks"])}),
        }
    )
