"""Too many have logged in, and it may be we, or others with our account, who did."""

from smoke.verdict.causes._rule import undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome

TOO_MANY = 429


def limited(finding: Finding, evidence: Evidence) -> Finding | None:
    """A login was refused for there being too many, and no finding tells that the limit counts all users together."""
    if finding.facts.get("status") != TOO_MANY or not finding.facts.get("role"):
        return None
    limits = [one for one in evidence.findings.values() if one.facts.get("login_limit")]
    if any(one.outcome is Outcome.FAILED for one in limits):
        return None
    said = "attempts of ours, or of others with this account, may have used up the login limit"
    return undecided(finding, Cause.SUITE, said, "verify again when the login limit has reset")
