"""From findings to one verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from smoke.verdict.advice import advise, rollback_helps
from smoke.verdict.attribution import attribute
from smoke.verdict.cautions import cautions
from smoke.verdict.component import at_fault, instead_of
from smoke.verdict.evidence import is_refusal
from smoke.verdict.finding import Finding
from smoke.verdict.grading import incidents, severity
from smoke.verdict.plan import Plan, Planned
from smoke.verdict.release import Release
from smoke.verdict.sentences import hold_until, names_of, summarise
from smoke.verdict.unmade import NOT_SELECTED, UNFINISHED
from smoke.verdict.verdict import Reason, Verdict
from smoke.verdict.way_back import not_back
from smoke.verdict.words import ACTIONS, Cause, Outcome, Stage, Word

NAMED_AT_MOST = 3
"""Services that a rollback names; more are counted."""


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended; *interruption* says in words why it stopped early, *finished_at* is epoch seconds."""

    finished_at: float
    interruption: str | None = None
    warnings: tuple[str, ...] = ()


def decide(plan: Plan, findings: Sequence[Finding], end: End) -> Verdict:
    """
    Return the verdict that *findings* support; pure, and the same in whatever order they came.

    A failed gating check that is the release's fault makes it fail, unless the run was interrupted or another release
    took its place. Whatever else keeps a required check from having passed makes it inconclusive (laws 3 and 4).
    """
    judged = _in_order(attribute(plan, _completed(plan, findings)))
    guilty = [one for one in judged if _condemns(one)]
    doubts = [one for one in judged if _holds(one, plan)]
    observed = _observed(judged)
    verdict = Verdict(
        plan=plan.as_seen(observed),
        word=_word(judged, guilty, doubts, end, plan.release),
        complete=not end.interruption and not any(one.gating and one.facts.get("unmade") for one in judged),
        summary="",
        reasons=tuple(_reason(one) for one in _reasons(guilty, doubts)),
        findings=judged,
        finished_at=end.finished_at,
        warnings=(*end.warnings, *cautions(plan, judged, [*guilty, *doubts])),
        observed=observed,
    )
    verdict = _graded(_located(verdict, guilty))
    return replace(verdict, summary=summarise(verdict, end.interruption), advice=_advice(verdict, guilty))


def condemned(plan: Plan, findings: Sequence[Finding]) -> bool:
    """Tell whether *findings*, of a run still going on, already prove that the release is at fault; pure."""
    return any(_condemns(one) for one in attribute(plan, findings))


def _located(verdict: Verdict, guilty: Sequence[Finding]) -> Verdict:
    if verdict.word is not Word.FAIL:
        return verdict
    services = _services(guilty)
    components = at_fault(verdict.plan.components, guilty, services)
    possible = not components or any(one.possible for one in components)
    release = verdict.plan.release
    helps = possible and not release.condemned and rollback_helps(guilty, verdict.observed, release.commit)
    return replace(verdict, services=services, components=components, rollback_helps=helps)


def _graded(verdict: Verdict) -> Verdict:
    known = incidents(verdict.plan, verdict.word, verdict.findings)
    return replace(verdict, incidents=known, severity=severity(verdict.plan, verdict.word, verdict.findings, known))


def _word(
    judged: Sequence[Finding], guilty: Sequence[Finding], doubts: Sequence[Finding], end: End, release: Release
) -> Word:
    replaced = any(_superseded(one) for one in judged)
    if guilty and not replaced and not end.interruption:
        return Word.FAIL
    if doubts or guilty or end.interruption or not any(_vouches(one) for one in judged):
        return Word.INCONCLUSIVE
    if release.commit and not any(_tells(one, release) for one in judged):
        return Word.INCONCLUSIVE  # nobody told whether what was verified is the release (law 2)
    return Word.PASS


def _tells(finding: Finding, release: Release) -> bool:
    """Tell whether a service that the release replaces named a commit; what others serve binds no verdict to it."""
    return release.of(finding.service).commit is not None and bool(finding.facts.get("census", {}).get("commits"))


def _completed(plan: Plan, findings: Sequence[Finding]) -> list[Finding]:
    """
    Return one finding for each planned check, in the plan's order, and then those that nobody planned.

    A check without a finding gets a skipped one: nothing unverified goes unseen. What is required, and when, the plan
    says, whatever a finding claims. Of several findings for one check the gravest counts.
    """
    found: dict[str, Finding] = {}
    for one in sorted(findings, key=_gravity):
        found.setdefault(one.check, one)
    planned = [_as_planned(one, found.pop(one.id, None)) for one in plan.checks]
    return [*planned, *(found[check] for check in sorted(found))]


def _gravity(finding: Finding) -> tuple[int, str]:
    order = (Outcome.FAILED, Outcome.UNDECIDED, Outcome.SKIPPED, Outcome.PASSED)
    return order.index(finding.outcome), repr(finding)


def _as_planned(planned: Planned, finding: Finding | None) -> Finding:
    if finding is None:
        return _unmade(planned)
    return replace(finding, stage=planned.stage, service=planned.service, gating=planned.gating)


def _unmade(planned: Planned) -> Finding:
    message = UNFINISHED if planned.selected else NOT_SELECTED
    return Finding(
        check=planned.id,
        stage=planned.stage,
        outcome=Outcome.SKIPPED,
        message=message,
        service=planned.service,
        gating=planned.gating,
        cause=Cause.SUITE,
        rounds=0,
        facts={"unmade": "unfinished" if planned.selected else "deselected"},
    )


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    stages = list(Stage)
    return tuple(sorted(findings, key=lambda one: stages.index(one.stage)))


def _condemns(finding: Finding) -> bool:
    return finding.gating and finding.outcome is Outcome.FAILED and finding.cause is Cause.RELEASE


def _vouches(finding: Finding) -> bool:
    """
    Tell whether a finding can carry a pass.

    A census says what is live, not that it works; a control host or a third party that answers says nothing about us; a
    monitoring system that tells nothing bad may have been told nothing; and a refusal alone may be anybody's: of a
    login wall, for instance.
    """
    if not finding.gating or finding.outcome is not Outcome.PASSED or finding.stage in {Stage.CONVERGE, Stage.CONFIRM}:
        return False
    beside_the_point = any(fact in finding.facts for fact in ("census", "control", "direct", "hearsay"))
    return not beside_the_point and not is_refusal(finding)


def _superseded(finding: Finding) -> bool:
    return finding.cause is Cause.SUPERSEDED and finding.outcome is not Outcome.PASSED


def _holds(finding: Finding, plan: Plan) -> bool:
    """Tell whether a finding stands against a pass without proving a fail."""
    if _superseded(finding):
        return True
    if not finding.gating or finding.outcome is Outcome.PASSED or _condemns(finding):
        return False
    if finding.outcome is Outcome.SKIPPED:
        return not finding.facts.get("waived")
    if finding.cause is Cause.PREEXISTING:
        return bool(finding.facts.get("unseen"))  # an old fault excuses itself, not what it hides (law 4)
    return not (finding.outcome is Outcome.FAILED and _may_be_down(finding, plan))


def _may_be_down(finding: Finding, plan: Plan) -> bool:
    """Tell whether the environment file lets a verdict pass although what *finding* needs is down."""
    down = finding.facts.get("down") or [finding.facts.get("dependency")]
    return finding.cause in {Cause.DEPENDENCY, Cause.MAINTENANCE} and all(
        plan.when_down.get(one) == "pass" for one in down
    )


def _reasons(guilty: Sequence[Finding], doubts: Sequence[Finding]) -> list[Finding]:
    """
    Return the findings that are reasons of their own: another release that took over, then the guilty, then the rest.

    What waited for another check adds nothing to that one; and once the release is guilty, what was not looked at is no
    reason any more.
    """
    named = {name for one in (*guilty, *doubts) for name in (one.check, one.stage)}
    own = [one for one in doubts if one.facts.get("blocked_by") not in named]
    if guilty:
        own = [one for one in own if one.outcome is not Outcome.SKIPPED]
    elif not own:
        return list(doubts)
    return [*filter(_superseded, own), *guilty, *(one for one in own if not _superseded(one))]


def _reason(finding: Finding) -> Reason:
    return Reason(finding.check, finding.cause or Cause.SUITE, finding.message)


def _services(guilty: Sequence[Finding]) -> tuple[str, ...]:
    """Return the services at fault; a journey passes through all of them, so it names one only if no other does."""
    named = [one for one in guilty if one.service and not one.check.startswith("journey/")]
    return tuple(dict.fromkeys(service for one in named or guilty for service in one.services))


def _advice(verdict: Verdict, guilty: Sequence[Finding]) -> str:
    if verdict.word is not Word.FAIL:
        return ACTIONS[verdict.word].value if verdict.word is Word.PASS else hold_until(verdict)
    if verdict.plan.release.condemned:
        return not_back(verdict.plan.release, verdict.observed)
    return advise(guilty, _rolled_back(verdict), verdict.observed, verdict.plan.release.commit)


def _rolled_back(verdict: Verdict) -> str:
    """Return what to do about the release, in words: `roll back bff`, `ship a new version of ios`."""
    system = verdict.plan.environment.partition("/")[0]
    every = {one.service for one in verdict.plan.checks if one.service}
    fixed = [one for one in verdict.components if not one.possible]
    able = [one.name for one in verdict.components if one.possible] if verdict.components else verdict.services
    if not able and fixed:
        return instead_of(fixed)
    alone = len(able) > 1 and set(able) == every
    what = f"all of {system}" if alone else names_of(able, NAMED_AT_MOST) or system
    return " and ".join([f"roll back {what}", *([instead_of(fixed)] if fixed else [])])


def _observed(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the newest census of each service."""
    return {one.service: one.facts["census"] for one in findings if one.service and "census" in one.facts}
