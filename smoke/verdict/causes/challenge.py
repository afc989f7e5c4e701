"""What tells how a service is wants a credential that nobody declared, and nothing tells that it was open before."""

from dataclasses import replace

from smoke.verdict.causes._rule import joined, undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Stage

OPERATIONAL = ("health/", "component/", "restarts/", "version/", "converge/", "confirm/")
"""Checks of addresses that are made for operators, and often guarded; a page or a read is promised to be open."""


def challenge(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand that every request, none with a credential, was asked for one, and no baseline shows that it was open.

    HTTP says with a challenge (`WWW-Authenticate`) that a credential is wanted; a gate before the service is no less
    clear. Where it was so before the deploy too, it is no news.
    """
    asked_for_one = finding.facts.get("challenged") or finding.facts.get("turned_away")
    everywhere = finding.facts.get("failed_share", 1.0) == 1.0
    if not finding.check.startswith(OPERATIONAL) or not asked_for_one or not everywhere or finding.facts.get("carried"):
        return None
    before = evidence.before(finding)
    if before is None:
        said = "it asks for a credential, none is declared for it, and no baseline tells that it was open before"
        return undecided(finding, Cause.CREDENTIALS, said, _declare(finding))
    if before.cause is not Cause.CREDENTIALS or not evidence.same_as_before(finding):
        return None
    said = "it asked for a credential before the deploy too"
    if finding.stage in {Stage.CONVERGE, Stage.CONFIRM} or "census" in finding.facts:
        return undecided(finding, Cause.CREDENTIALS, said, _declare(finding))  # which release is served must be seen
    return replace(finding, cause=Cause.PREEXISTING, message=joined(finding.message, said))


def _declare(finding: Finding) -> str:
    return (
        f"declare what it asks for in services.{finding.service}.headers of the environment file, or record what was "
        "before the deploy (`smoke prime`), then verify again"
    )
