"""
What several checks met once each and not again is no chance: some replica has it; pure.

A journey that failed at first and then passed is noted (law 8). But every journey begins on some replica, so the very
same fault of a page in two journeys has been seen twice.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from smoke.verdict.finding import Finding
from smoke.verdict.words import Outcome

ENOUGH = 2


def recurring(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return *findings*, those failed that passed and share a fault that they met once."""
    counts = Counter(fault for one in findings for fault in _met(one))
    return tuple(_failed(one, counts) for one in findings)


def _failed(finding: Finding, counts: Counter[str]) -> Finding:
    shared = next((fault for fault in _met(finding) if counts[fault] >= ENOUGH), None)
    if shared is None:
        return finding
    noted = finding.facts.get("noted", shared)
    message = f"{noted}; {counts[shared]} checks met the same once each, so it is no chance: some replica has it"
    facts = {key: value for key, value in finding.facts.items() if key != "noted"}
    return replace(
        finding, outcome=Outcome.FAILED, message=message, found=str(noted), facts={**facts, "signature": shared}
    )


def _met(finding: Finding) -> Sequence[str]:
    return finding.facts.get("met_once", ()) if finding.outcome is Outcome.PASSED else ()
