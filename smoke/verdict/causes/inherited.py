"""What a finding has from another one: the cause of its routes, of what stands before it, or of what blocked it."""

from dataclasses import replace

from smoke.verdict.causes._rule import joined
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome

ENTRANCES = ("login/", "login-limit/")
"""Checks of what leads to many others: where one of them fails, nothing was seen of what lies behind it."""


def by_route(finding: Finding, evidence: Evidence) -> Finding:
    """
    Give a journey the cause that is known of its routes.

    It showed all that it should, and all that is wrong with it are routes of which other checks say whose doing it is.
    """
    routes = finding.facts.get("broken_routes")
    if finding.outcome is not Outcome.FAILED or finding.cause is not Cause.RELEASE or not routes:
        return finding
    explained = {one.facts["route"]: one for one in evidence.findings.values() if _explains_its_route(one)}
    if not all(route in explained for route in routes):
        return finding
    # What is so now before what was so before: an outage must not be excused by an old fault of another route.
    owners = sorted((explained[route] for route in routes), key=lambda one: one.cause is Cause.PREEXISTING)
    down = [name for one in owners for name in one.facts.get("down", ())]
    return replace(
        finding,
        cause=owners[0].cause,
        message=joined(finding.message, f"{owners[0].check} tells why"),
        facts={**finding.facts, "down": list(dict.fromkeys(down))},
    )


def by_front(finding: Finding, evidence: Evidence) -> Finding:
    """
    Give a journey the cause of what stands before every public page: it can see no more than they.

    One page that passed was reached, and then the journey's failure is its own.
    """
    if not finding.check.startswith("journey/") or finding.outcome is not Outcome.FAILED:
        return finding
    pages = evidence.public_pages()
    if finding.cause is not Cause.RELEASE or not pages or not all(one.facts.get("front") for one in pages):
        return finding
    message = joined(finding.message, f"{pages[0].check} tells why")
    return replace(finding, outcome=pages[0].outcome, cause=pages[0].cause, message=message)


def following(finding: Finding, evidence: Evidence) -> Finding:
    """Give a check that was not made because of another one that one's cause."""
    seen, last = {finding.check}, finding
    while last.outcome in {Outcome.SKIPPED, Outcome.UNDECIDED} and last.facts.get("blocked_by"):
        blocker = _blocker(str(last.facts["blocked_by"]), evidence)
        if blocker is None or blocker.check in seen:
            break
        seen.add(blocker.check)
        last = blocker
    if last is finding:
        return finding
    unseen = last.check.startswith(ENTRANCES) or not finding.rounds
    return replace(finding, cause=last.cause, facts={**finding.facts, **({"unseen": True} if unseen else {})})


def _explains_its_route(finding: Finding) -> bool:
    excused = {Cause.DEPENDENCY, Cause.MAINTENANCE, Cause.PREEXISTING}
    return "route" in finding.facts and finding.outcome is Outcome.FAILED and finding.cause in excused


def _blocker(name: str, evidence: Evidence) -> Finding | None:
    """Return the check *name*, or the gravest one of the stage *name*, if it did not pass."""
    blockers = [one for one in evidence.findings.values() if name in {one.check, one.stage} and one.gating]
    wanting = [one for one in blockers if one.outcome is not Outcome.PASSED]
    return min(wanting, key=lambda one: (one.outcome is not Outcome.FAILED, one.check), default=None)
