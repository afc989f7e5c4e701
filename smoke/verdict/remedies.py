"""Which remedy helps where it takes several findings to tell."""

from dataclasses import replace

from smoke.verdict.causes._rule import joined
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome


def remedied(finding: Finding, evidence: Evidence) -> Finding:
    """
    Return *finding* with the fact `remedy`, if something else than a rollback helps against it.

    One maintenance page in place of every service was put there before them all, and not by one of them.
    """
    page = finding.facts.get("one_page")
    mine = finding.outcome is Outcome.FAILED and finding.cause is Cause.RELEASE and finding.facts.get("closed")
    if not mine or not page or "remedy" in finding.facts:
        return finding
    same = [one for one in evidence.findings.values() if one.facts.get("one_page") == page]
    if len({one.service for one in same} - {None}) < 2:  # noqa: PLR2004 - several services
        return finding
    said = "one page stands in place of every service, and no window is declared"
    return replace(finding, message=joined(finding.message, said), facts={**finding.facts, "remedy": "reopen"})
