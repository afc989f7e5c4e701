"""There were too many logins or requests, and it may be we, or others with our account, who made them."""

from smoke.verdict.causes._rule import undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome, Stage

TOO_MANY = 429


def limited(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand that logins were refused for there being too many, and nothing tells that the limit counts all users.

    Or that requests were, by several routes of a service that had answered, or for longer than a run can wait.
    """
    if finding.facts.get("too_many"):
        return _by_rate(finding, evidence)
    if finding.facts.get("status") != TOO_MANY or not finding.facts.get("role"):
        return None
    limits = [one for one in evidence.findings.values() if one.facts.get("login_limit")]
    if any(one.outcome is Outcome.FAILED for one in limits):
        return None
    said = "attempts of ours, or of others with this account, may have used up the login limit"
    return undecided(finding, Cause.SUITE, said, "verify again when the login limit has reset")


def _by_rate(finding: Finding, evidence: Evidence) -> Finding | None:
    """One route that refuses a few requests a second is broken; a limit of requests counts those to all of them."""
    if finding.stage is Stage.CONVERGE:
        return None  # whoever was never answered otherwise is refused by everybody's limit
    of_service = [one for one in evidence.findings.values() if one.service == finding.service]
    routes = {one.facts.get("route") for one in of_service if one.facts.get("too_many")}
    if len(routes) == 1 and not finding.facts.get("long_rest"):
        return None
    said = "the service says so to other routes too, so it limits the requests of this verifier"
    if finding.facts.get("long_rest"):
        said = "the service asks for a longer pause than a run has, so it limits the requests of this verifier"
    return undecided(
        finding, Cause.SUITE, said, "verify again, with a lower limits.requests_per_s or an exempt address"
    )
