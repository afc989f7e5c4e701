"""Nothing was reached, and a control host was not reached either: our own network."""

from smoke.verdict.causes._rule import undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause

NEVER_REACHED = frozenset({"name resolution", "network unreachable", "connection refused", "connect timeout"})
"""Failure kinds of `smoke.http.FailureKind` that happen before the target's application is involved."""

NAME_A_CONTROL = "name a control host in the environment file: it tells this machine's network from the target's"


def runner(finding: Finding, evidence: Evidence) -> Finding | None:
    """Demand that the target was never reached, and that nothing proves that this machine's network works."""
    kinds = set(finding.facts.get("failure_kinds", ()))
    if not kinds or not kinds <= NEVER_REACHED or finding.facts.get("answered"):
        return None
    controls = evidence.controls(finding)
    if any(one.facts["reachable"] for one in controls):
        return None
    if any(evidence.testifies(one, finding) for one in controls):
        said = "no control host is reached either, so it is this machine's network"
        return undecided(finding, Cause.RUNNER, said)
    if finding.facts.get("local") or evidence.anything_answered():
        return None
    said = "no control host tells the target from this machine's network"
    return undecided(finding, Cause.RUNNER, said, "" if controls else NAME_A_CONTROL)
