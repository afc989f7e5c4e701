"""What one look of a journey saw: plain data, to be judged later and elsewhere."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from smoke.browser.events import Event
from smoke.browser.wording import stable


@dataclass(frozen=True, slots=True)
class Look:
    """
    One look, in a fresh context.

    *expected* and *found* are set when the page did not show what it should. *obstacle* says why nothing could be seen:
    its message and the word of its cause. *noted* is what is worth a remark though it passed.
    """

    expected: str = ""
    found: str = ""
    obstacle: tuple[str, str] | None = None
    events: tuple[Event, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    requests: int = 0
    evidence: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether the page showed all it should."""
        return self.obstacle is None and not self.expected

    @property
    def signature(self) -> str:
        """The stable text of what was not met; empty if all was."""
        return stable(f"{self.expected}: {self.found}") if self.expected else ""

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Look":
        """Read back what `to_json` wrote."""
        obstacle = data["obstacle"]
        return cls(
            **{
                **data,
                "obstacle": tuple(obstacle) if obstacle else None,
                "events": tuple(Event.from_json(one) for one in data["events"]),
                "evidence": tuple(data["evidence"]),
                "noted": tuple(data["noted"]),
            }
        )
