"""What a rule is, and how it says what it found."""

from collections.abc import Callable
from dataclasses import replace

from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome

Rule = Callable[[Finding, Evidence], Finding | None]
"""Takes a failed finding, and returns it with its cause, or None if there is no evidence for that cause."""


def undecided(finding: Finding, cause: Cause, said: str, decider: str = "") -> Finding:
    """Return *finding* as one that proves nothing about the release; *decider* says what would decide it."""
    facts = {**finding.facts, "decider": decider} if decider else finding.facts
    return replace(finding, outcome=Outcome.UNDECIDED, cause=cause, message=joined(finding.message, said), facts=facts)


def fronted(finding: Finding, cause: Cause, said: str, decider: str) -> Finding:
    """Return *finding* as undecided by what stands before the whole product; the fact `front` lets journeys follow."""
    changed = undecided(finding, cause, said, decider)
    return replace(changed, facts={**changed.facts, "front": True})


def joined(message: str, said: str) -> str:
    """Return *message* with the evidence after it."""
    return f"{message.rstrip('.')}; {said}"
