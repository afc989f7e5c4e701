"""What an environment calls an incident: how bad it is, who must know, and by when. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smoke.verdict.words import Severity


@dataclass(frozen=True, slots=True)
class Declared:
    """
    A kind of incident, and by what it is told: whatever of the following is given must all hold.

    *verdicts* are the words that it goes with; *checks* are patterns of ids, one of which failed in more than
    *more_than* samples; *down* asks that a service answers nothing but errors, one of *services* if they are named;
    *deploy_over_s* is how long a deploy may take, from its start until the release has settled; *remedy* is what helps
    in place of a rollback.
    """

    name: str
    severity: Severity
    verdicts: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    more_than: int = 0
    down: bool = False
    services: tuple[str, ...] = ()
    deploy_over_s: float | None = None
    remedy: str | None = None
    tell: tuple[str, ...] = ()
    within_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Grading:
    """
    How an environment grades: the *declared* incidents, the severity of failed *checks* by pattern, and of all others.

    *titles* are the team's own words for severities, such as SEV-2 for `error`.
    """

    declared: tuple[Declared, ...] = ()
    checks: tuple[tuple[str, Severity], ...] = ()
    failing: Severity = Severity.CRITICAL
    titles: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether the environment grades at all."""
        return bool(self.declared or self.checks or self.titles)

    def title(self, grade: Severity) -> str:
        """Return what the team calls a severity."""
        return self.titles.get(grade.value, grade.value)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Grading":
        """Read back what `dataclasses.asdict` made of it; raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            declared=tuple(_declared(one) for one in data["declared"]),
            checks=tuple((pattern, Severity(severity)) for pattern, severity in data["checks"]),
            failing=Severity(data["failing"]),
            titles=dict(data["titles"]),
        )


@dataclass(frozen=True, slots=True)
class Incident:
    """A declared incident that this verdict is: *title* is what the team calls its severity."""

    name: str
    severity: Severity
    title: str
    tell: tuple[str, ...] = ()
    within_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return {
            "name": self.name,
            "severity": self.severity.value,
            "title": self.title,
            "tell": list(self.tell),
            "within_s": self.within_s,
        }


def _declared(data: Mapping[str, Any]) -> Declared:
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    return Declared(**{**plain, "severity": Severity(data["severity"])})
