"""What would decide a finding that proves nothing, where its check or the rule that excused it does not say so."""

from dataclasses import replace

from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome, Stage

ANOTHER_LOOK = "verify again: another run takes samples of its own"
PRIME = "run `smoke prime` before the next deploy: it tells an old fault from a new one"


def with_decider(finding: Finding, evidence: Evidence) -> Finding:
    """Return *finding* with the fact `decider`, if it is open and something better than its cause's advice is known."""
    if finding.outcome is not Outcome.UNDECIDED or finding.facts.get("decider") or finding.facts.get("blocked_by"):
        return finding
    said = _decider(finding, evidence)
    return replace(finding, facts={**finding.facts, "decider": said}) if said else finding


def _decider(finding: Finding, evidence: Evidence) -> str:
    unclear = finding.cause is Cause.RELEASE and finding.stage is not Stage.CONVERGE and finding.facts.get("signature")
    if not unclear:
        return ""
    return ANOTHER_LOOK if evidence.plan.before else f"{ANOTHER_LOOK}; {PRIME}"
