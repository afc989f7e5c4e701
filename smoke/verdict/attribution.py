"""Say of every finding whose doing it is, by the rules of `smoke.verdict.causes`."""

from collections.abc import Sequence
from dataclasses import replace

from smoke.verdict.causes import RULES
from smoke.verdict.causes._rule import joined
from smoke.verdict.causes.inherited import by_front, by_route, following
from smoke.verdict.causes.key import worthless
from smoke.verdict.deciders import with_decider
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.recurrence import recurring
from smoke.verdict.remedies import remedied
from smoke.verdict.words import Cause, Outcome

DISPROVED = {
    "untold": "before the deploy it told its commit",
    "unreported": "before the deploy it was told",
    "shut": "every address refuses us, and before the deploy they did not",
    "unproven": "before the deploy who may see it got it",
}
"""Facts of undecided or skipped findings that are an excuse only as long as it may have been so before the deploy."""


def attribute(plan: Plan, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """
    Return the findings with the cause that the evidence establishes; passed ones stay, unless several met one fault.

    A check that was not made because of another one has the other one's cause.
    """
    findings = recurring(findings)
    evidence = Evidence(plan, {one.check: one for one in findings})
    judged = [_attributed(one, evidence) for one in findings]
    made = Evidence(plan, {one.check: one for one in judged})
    return tuple(_completed(one, made) for one in judged)


def _completed(finding: Finding, evidence: Evidence) -> Finding:
    """Return *finding* with what it takes all the other causes to know."""
    caused = following(by_front(by_route(finding, evidence), evidence), evidence)
    return with_decider(remedied(caused, evidence), evidence)


def _attributed(finding: Finding, evidence: Evidence) -> Finding:
    finding = worthless(disproved(finding, evidence), evidence)
    if finding.outcome is not Outcome.FAILED or finding.cause not in {None, Cause.RELEASE}:
        return finding
    for rule in RULES:
        changed = rule(finding, evidence)
        if changed is not None:
            return changed
    return replace(finding, cause=Cause.RELEASE)


def disproved(finding: Finding, evidence: Evidence) -> Finding:
    """
    Take back an excuse that the baseline disproves.

    A release that does not name itself may never have done so, and bare refusals may be a login wall; but where the
    same check passed before the deploy, the commit was told then, and nothing stood in the way.
    """
    before = evidence.before(finding)
    excused = finding.outcome in {Outcome.UNDECIDED, Outcome.SKIPPED}
    if not excused or before is None or before.outcome is not Outcome.PASSED:
        return finding
    said = next((text for fact, text in DISPROVED.items() if finding.facts.get(fact)), None)
    if said is None:
        return finding
    message = joined(finding.found or finding.message, said)
    return replace(finding, outcome=Outcome.FAILED, cause=Cause.RELEASE, message=message)
