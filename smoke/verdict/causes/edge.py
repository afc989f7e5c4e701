"""What stands before many hosts, an edge or a content network, fails for all of them: somebody else's outage."""

from collections.abc import Sequence

from smoke.verdict.causes._rule import fronted
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause

NAME_AN_ORIGIN = (
    "verify again when the edge is well; an `origin` in the environment file, asked beside the edge, tells meanwhile"
)
NOT_BEFORE = "verify again when the edge is well; a rollback would not help"


def edge(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand that only errors came, and that every unrelated host behind the same edge fails as well.

    Where no canary host is named, the control hosts stand for them. An origin that fails beside the edge too is the
    release's, whatever the edge does.
    """
    if not evidence.down(finding) or evidence.origin(finding) == "down":
        return None
    hosts = evidence.canaries(finding) or evidence.controls(finding)
    failing = [one for one in hosts if one.facts.get("failing") and evidence.testifies(one, finding)]
    if not hosts or len(failing) < len(hosts):
        return None
    well = evidence.origin(finding) == "up"
    return fronted(finding, Cause.DEPENDENCY, _said(failing, well=well), NOT_BEFORE if well else NAME_AN_ORIGIN)


def _said(failing: Sequence[Finding], *, well: bool) -> str:
    name, provider = failing[0].check.partition("/")[2], failing[0].facts.get("provider")
    edge = "the same edge" + (f" ({provider})" if provider else "")
    who = f"{name} behind {edge} fails too" if failing[0].facts.get("canary") else "the control hosts fail too"
    return who + (", and the origin is well" if well else "")
