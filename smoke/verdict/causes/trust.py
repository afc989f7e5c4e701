"""Every certificate is refused, those of unrelated hosts too: this machine's trust, its clock or its proxy."""

from smoke.verdict.causes._rule import undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome


def trust(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand that nothing came but refused certificates, and that no control host's certificate is accepted either.

    Or that our browser alone does not know the authority: our own requests verified the same certificate in full.
    """
    if not finding.facts.get("distrusted"):
        return None
    verified = evidence.findings.get(f"tls/{finding.service}")
    if finding.check.startswith("journey/") and verified is not None and verified.outcome is Outcome.PASSED:
        said = (
            f"{verified.check} verified the same certificate, so it is this machine's browser that does not know its CA"
        )
        return undecided(
            finding, Cause.RUNNER, said, "let the server send the certificate of its CA along, then verify again"
        )
    controls = evidence.controls(finding)
    wary = [one for one in controls if one.facts.get("distrusted") and evidence.testifies(one, finding)]
    if not controls or len(wary) < len(controls):
        return None
    said = "the certificates of the control hosts are refused too, so it is this machine's trust or clock"
    return undecided(finding, Cause.RUNNER, said)
