"""The account is refused everywhere, while another one logs in, or it is not what logged in before the deploy."""

from smoke.verdict.causes._rule import undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause


def account(finding: Finding, evidence: Evidence) -> Finding | None:
    """Demand that the account alone is refused, or was before the deploy, or that its credential is a new one."""
    role = finding.facts.get("role")
    if not role or not (finding.facts.get("refused") or _never_let_in(finding, evidence)):
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
    if evidence.other_credential(str(role)):
        said = (
            "another name or password logged in before the deploy: the secret has changed since, not only the release"
        )
        return undecided(finding, Cause.CREDENTIALS, said, renew)
    return None


def _never_let_in(finding: Finding, evidence: Evidence) -> bool:
    """Tell whether a browser came no further than the login, whose API refuses the same account."""
    login = evidence.findings.get(f"login/{finding.facts['role']}")
    return finding.facts.get("logged_in") is False and login is not None and bool(login.facts.get("refused"))
