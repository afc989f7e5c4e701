"""
Whose doing a failure is: the positive evidence that establishes each cause, in one place.

A failed finding is the release's fault unless one of the rules below finds evidence for another cause (law 3). The
rules look at other findings, which carry their evidence in `facts`, at the baseline and at what the release declares;
never at the wording of an error.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before, Plan
from smoke.verdict.words import Cause, Outcome, Stage

NEVER_REACHED = frozenset({"name resolution", "network unreachable", "connection refused", "connect timeout"})
"""Failure kinds of `smoke.http.FailureKind` that happen before the target's application is involved."""

ITS_OWN = frozenset({None, Cause.RELEASE, Cause.PREEXISTING})
"""Causes of a failure in the baseline that tell of the system itself; another one explains only that moment."""


SAMPLING_ERROR = 0.3
"""By how much two shares of the same fault may differ by chance: 2.7 standard deviations at a third, in 36 samples."""

DISPROVED = {
    "untold": "before the deploy it told its commit",
    "shut": "every address refuses us, and before the deploy they did not",
}
"""Facts of undecided findings that are an excuse only as long as it may have been so before the deploy already."""

Rule = Callable[[Finding, Evidence], Finding | None]


def attribute(plan: Plan, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """
    Return the findings with the cause that the evidence establishes; passed ones stay as they are.

    A check that was not made because of another one has the other one's cause.
    """
    evidence = Evidence(plan, {one.check: one for one in findings})
    judged = [_attributed(one, evidence) for one in findings]
    made = Evidence(plan, {one.check: one for one in judged})
    return tuple(_following(_by_route(one, made), made) for one in judged)


def _attributed(finding: Finding, evidence: Evidence) -> Finding:
    finding = _disproved(finding, evidence)
    if finding.outcome is not Outcome.FAILED or finding.cause not in {None, Cause.RELEASE}:
        return finding
    for rule in RULES:
        changed = rule(finding, evidence)
        if changed is not None:
            return changed
    return replace(finding, cause=Cause.RELEASE)


def _disproved(finding: Finding, evidence: Evidence) -> Finding:
    """
    Take back an excuse that the baseline disproves.

    A release that does not name itself may never have done so, and bare refusals may be a login wall; but where the
    same check passed before the deploy, the commit was told then, and nothing stood in the way.
    """
    before = evidence.before(finding)
    if finding.outcome is not Outcome.UNDECIDED or before is None or before.outcome is not Outcome.PASSED:
        return finding
    said = next((text for fact, text in DISPROVED.items() if finding.facts.get(fact)), None)
    if said is None:
        return finding
    message = _joined(finding.found or finding.message, said)
    return replace(finding, outcome=Outcome.FAILED, cause=Cause.RELEASE, message=message)


def _witness(finding: Finding, _: Evidence) -> Finding | None:
    """What we ask of others is evidence about the release's failures, and never itself the release's."""
    if finding.facts.get("control"):
        return replace(finding, cause=Cause.RUNNER)
    return replace(finding, cause=Cause.DEPENDENCY) if "direct" in finding.facts else None


def _runner(finding: Finding, evidence: Evidence) -> Finding | None:
    """Nothing was reached, and a control host was not reached either: our own network."""
    kinds = set(finding.facts.get("failure_kinds", ()))
    if not kinds or not kinds <= NEVER_REACHED or finding.facts.get("answered"):
        return None
    controls = evidence.controls(finding)
    if any(one.facts["reachable"] for one in controls):
        return None
    if any(evidence.testifies(one, finding) for one in controls):
        said = "no control host is reached either, so it is this machine's network"
        return _undecided(finding, Cause.RUNNER, said)
    if finding.facts.get("local") or evidence.anything_answered():
        return None
    return _undecided(finding, Cause.RUNNER, "no control host tells the target from this machine's network")


def _declared(finding: Finding, evidence: Evidence) -> Finding | None:
    """The release declares a maintenance window, and the failure was seen in it."""
    window = evidence.plan.release.maintenance
    began = evidence.plan.started_at + finding.started_s
    if window is None or not (window.covers(began) or window.covers(began + finding.duration_s)):
        return None
    return _undecided(finding, Cause.MAINTENANCE, "this was seen in the declared maintenance window")


def _everybody(finding: Finding, evidence: Evidence) -> Finding | None:
    """Only server errors came, and they come from every control host too: what stands before all of them fails."""
    controls = evidence.controls(finding)
    failing = [one for one in controls if one.facts.get("failing") and evidence.testifies(one, finding)]
    if not controls or len(failing) < len(controls) or not finding.facts.get("server_errors"):
        return None
    return _undecided(finding, Cause.DEPENDENCY, "the control hosts answer with server errors too")


def _credentials(finding: Finding, evidence: Evidence) -> Finding | None:
    """The account is refused everywhere, while another one logs in, or it was refused before the deploy already."""
    role = finding.facts.get("role")
    if not finding.facts.get("refused") or not role:
        return None
    logged_in = {str(one.facts.get("role", "")) for one in evidence.logged_in()}
    if role in logged_in:
        return None
    others = sorted(logged_in - {""})
    if others:
        said = f"the account of role {others[0]} logs in, so it is this account"
        return _undecided(finding, Cause.CREDENTIALS, said)
    if _was_the_same(finding, evidence.before(finding)):
        return _undecided(finding, Cause.CREDENTIALS, "it was refused before the deploy already")
    return None


def _dependency(finding: Finding, evidence: Evidence) -> Finding | None:
    """What the check needs does not answer our own call either, or its vendor says in public that it is down."""
    named = finding.facts.get("dependency")
    needed = dict.fromkeys((*evidence.depends_on(finding.check), *([named] if named else [])))
    outages = {name: evidence.outage(name) for name in needed}
    down = {name: one for name, one in outages.items() if one is not None and evidence.testifies(one, finding)}
    if not down:
        return None
    planned = all(one.facts.get("trust") == "maintenance" for one in down.values())
    said = [
        f"{name} {'does not answer a direct call either' if 'direct' in one.facts else 'is down, as its vendor says'}"
        for name, one in down.items()
    ]
    return replace(
        finding,
        cause=Cause.MAINTENANCE if planned else Cause.DEPENDENCY,
        message=_joined(finding.message, " and ".join(said)),
        facts={**finding.facts, "down": list(down)},
    )


def _preexisting(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    The same check failed in the same way before the deploy, by the system's own doing.

    Which release is served is what the deploy was to change, so that it is never excused by what was there before.
    """
    before = evidence.before(finding)
    about_the_release = finding.stage in {Stage.CONVERGE, Stage.CONFIRM} or "census" in finding.facts
    if about_the_release or before is None or before.outcome is not Outcome.FAILED or before.cause not in ITS_OWN:
        return None
    if not _was_the_same(finding, before) or _spread(finding, before):
        return None
    said = "it failed in the same way before the deploy"
    return replace(finding, cause=Cause.PREEXISTING, message=_joined(finding.message, said))


RULES: tuple[Rule, ...] = (_witness, _runner, _declared, _everybody, _credentials, _dependency, _preexisting)
"""
In this order; the first that finds its evidence decides.

What is so now goes before what was so before: a failure that a dependency explains today verifies nothing, even if it
was there before the deploy.
"""


def _by_route(finding: Finding, evidence: Evidence) -> Finding:
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
        message=_joined(finding.message, f"{owners[0].check} tells why"),
        facts={**finding.facts, "down": list(dict.fromkeys(down))},
    )


def _explains_its_route(finding: Finding) -> bool:
    excused = {Cause.DEPENDENCY, Cause.MAINTENANCE, Cause.PREEXISTING}
    return "route" in finding.facts and finding.outcome is Outcome.FAILED and finding.cause in excused


def _following(finding: Finding, evidence: Evidence) -> Finding:
    """Give a check that was not made because of another one that one's cause."""
    seen, last = {finding.check}, finding
    while last.outcome in {Outcome.SKIPPED, Outcome.UNDECIDED} and last.facts.get("blocked_by"):
        blocker = _blocker(str(last.facts["blocked_by"]), evidence)
        if blocker is None or blocker.check in seen:
            break
        seen.add(blocker.check)
        last = blocker
    return finding if last is finding else replace(finding, cause=last.cause)


def _blocker(name: str, evidence: Evidence) -> Finding | None:
    """Return the check *name*, or the gravest one of the stage *name*, if it did not pass."""
    blockers = [one for one in evidence.findings.values() if name in {one.check, one.stage} and one.gating]
    wanting = [one for one in blockers if one.outcome is not Outcome.PASSED]
    return min(wanting, key=lambda one: (one.outcome is not Outcome.FAILED, one.check), default=None)


def _spread(finding: Finding, before: Before) -> bool:
    """Tell whether a larger share of requests fails than before: the old fault explains only the old share."""
    now = finding.facts.get("failed_share")
    return now is not None and before.failed_share is not None and now > before.failed_share + SAMPLING_ERROR


def _was_the_same(finding: Finding, before: Before | None) -> bool:
    if before is None or before.outcome not in {Outcome.FAILED, Outcome.UNDECIDED}:
        return False
    signature = finding.facts.get("signature", "")
    return bool(signature) and before.signature == signature


def _undecided(finding: Finding, cause: Cause, said: str) -> Finding:
    return replace(finding, outcome=Outcome.UNDECIDED, cause=cause, message=_joined(finding.message, said))


def _joined(message: str, said: str) -> str:
    return f"{message.rstrip('.')}; {said}"
