"""The account is refused everywhere, while another one logs in, or it was refused before the deploy already."""

from smoke.verdict.causes._rule import undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause


def account(finding: Finding, evidence: Evidence) -> Finding | None:
    """Demand that the account alone is refused, now or ever since before the deploy."""
    role = finding.facts.get("role")
    if not finding.facts.get("refused") or not role:
        return None
    logged_in = {str(one.facts.get("role", "")) for one in evidence.logged_in()}
    if role in logged_in:
        return None
    renew = f"renew the password of the account of role {role}, then verify again"
    others = sorted(logged_in - {""})
    if others:
        said = f"the account of role {others[0]} logs in, so it is this account"
        return undecided(finding, Cause.CREDENTIALS, said, renew)
    if evidence.same_as_before(finding):
        return undecided(finding, Cause.CREDENTIALS, "it was refused before the deploy already", renew)
    return None
