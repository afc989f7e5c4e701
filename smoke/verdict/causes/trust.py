"""Every certificate is refused, those of unrelated hosts too: this machine's trust, its clock or its proxy."""

from smoke.verdict.causes._rule import undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause


def trust(finding: Finding, evidence: Evidence) -> Finding | None:
    """Demand that nothing came but refused certificates, and that no control host's certificate is accepted either."""
    controls = evidence.controls(finding)
    wary = [one for one in controls if one.facts.get("distrusted") and evidence.testifies(one, finding)]
    if not finding.facts.get("distrusted") or not controls or len(wary) < len(controls):
        return None
    said = "the certificates of the control hosts are refused too, so it is this machine's trust or clock"
    return undecided(finding, Cause.RUNNER, said)
