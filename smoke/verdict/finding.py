"""The judgement of one check."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from smoke.verdict.words import Cause, Outcome, Stage

JsonValue = Any
"""A value made of JSON primitives, lists and string-keyed dicts only."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What `judge` says about one check, before the engine adds who was asked and how often.

    *message* is one sentence that a tired person understands; *facts* holds JSON primitives that other pure functions
    use as evidence: ARCHITECTURE.md, section Facts, says what each is.
    """

    outcome: Outcome
    message: str
    cause: Cause | None = None
    expected: str = ""
    found: str = ""
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    unclear: bool = False
    """True asks the engine for one more round of samples before this judgement is final."""
    reproduce: str = ""
    """A command that repeats what was found by hand, where that is another one than the check's own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A judgement together with its check and the effort behind it; serialises to one line of `events.jsonl`."""

    check: str
    stage: Stage
    outcome: Outcome
    message: str
    service: str | None = None
    gating: bool = True
    cause: Cause | None = None
    expected: str = ""
    found: str = ""
    rounds: int = 1
    samples: int = 0
    started_s: float = 0.0
    """Seconds from the start of the run to the first look."""
    duration_s: float = 0.0
    evidence: tuple[str, ...] = ()
    reproduce: str = ""
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    def to_json(self) -> dict[str, JsonValue]:
        """Return JSON primitives only, as `user_properties` of a pytest report demand."""
        return {
            **asdict(self),
            "stage": self.stage.value,
            "outcome": self.outcome.value,
            "cause": self.cause.value if self.cause else None,
            "evidence": list(self.evidence),
            "facts": dict(self.facts),
        }

    @property
    def services(self) -> tuple[str, ...]:
        """The services that it may be the fault of: that of its check, and others that what failed passed through."""
        through = self.facts.get("through", ())
        named = [one for one in through if isinstance(one, str)] if isinstance(through, list | tuple) else []
        return tuple(dict.fromkeys([*named, *([self.service] if self.service else [])]))

    @classmethod
    def from_json(cls, data: Mapping[str, JsonValue]) -> "Finding":
        """Read back what `to_json` wrote; raises KeyError or ValueError on anything else."""
        cause = data.get("cause")
        return cls(
            **{
                **data,
                "stage": Stage(data["stage"]),
                "outcome": Outcome(data["outcome"]),
                "cause": Cause(cause) if cause else None,
                "evidence": tuple(data.get("evidence", ())),
            }
        )
