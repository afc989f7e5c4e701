"""From findings to one verdict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smoke.verdict.attribution import attribute
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan, Planned
from smoke.verdict.sentences import summarise
from smoke.verdict.verdict import Reason, Verdict
from smoke.verdict.words import Cause, Outcome, Stage, Word


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended; *interruption* says in words why it stopped early, *finished_at* is epoch seconds."""

    finished_at: float
    interruption: str | None = None
    warnings: tuple[str, ...] = ()


def decide(plan: Plan, findings: Sequence[Finding], end: End) -> Verdict:
    """
    Return the verdict that *findings* support; pure.

    A failed gating check that is the release's fault makes it fail, unless the run was interrupted or another release
    took its place. Whatever else keeps a required check from having passed makes it inconclusive (laws 3 and 4).
    """
    judged = _in_order(attribute(plan, _completed(plan, findings)))
    guilty = [one for one in judged if _condemns(one)]
    doubts = [one for one in judged if _holds(one, plan)]
    replaced = any(one.cause is Cause.SUPERSEDED for one in judged)
    if guilty and not replaced and not end.interruption:
        word = Word.FAIL
    elif doubts or guilty or end.interruption or not any(_vouches(one) for one in judged):
        word = Word.INCONCLUSIVE
    else:
        word = Word.PASS
    verdict = Verdict(
        plan=plan,
        word=word,
        complete=not end.interruption and not any(one.gating and one.facts.get("unmade") for one in judged),
        summary="",
        reasons=tuple(_reason(one) for one in [*guilty, *doubts]),
        findings=judged,
        finished_at=end.finished_at,
        warnings=(*end.warnings, *_warnings(plan, judged)),
        services=_services(guilty) if word is Word.FAIL else (),
        observed=_observed(judged),
    )
    return replace(verdict, summary=summarise(verdict, end.interruption))


def _completed(plan: Plan, findings: Sequence[Finding]) -> list[Finding]:
    """Add a skipped finding for each planned check that has none: nothing unverified goes unseen."""
    found = {one.check: one for one in findings}
    return [found.get(one.id) or _unmade(one) for one in plan.checks]


def _unmade(planned: Planned) -> Finding:
    message = "no result: the check was not finished" if planned.selected else "not selected on the command line"
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
    """Only a gating check that passed can carry a pass; a census alone says what is live, not that it works."""
    return finding.gating and finding.outcome is Outcome.PASSED


def _holds(finding: Finding, plan: Plan) -> bool:
    if not finding.gating or finding.outcome is Outcome.PASSED or _condemns(finding):
        return False
    if finding.outcome is Outcome.SKIPPED and finding.facts.get("waived"):
        return False
    if finding.cause is Cause.PREEXISTING:
        return False
    return not (finding.cause in {Cause.DEPENDENCY, Cause.MAINTENANCE} and _may_be_down(finding, plan))


def _may_be_down(finding: Finding, plan: Plan) -> bool:
    needs = next((one.depends_on for one in plan.checks if one.id == finding.check), ())
    named = finding.facts.get("dependency")
    everything = {*needs, *([named] if named else [])}
    return bool(everything) and all(plan.when_down.get(one) == "pass" for one in everything)


def _reason(finding: Finding) -> Reason:
    return Reason(finding.check, finding.cause or Cause.SUITE, finding.message)


def _services(guilty: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.service for one in guilty if one.service))


def _warnings(plan: Plan, findings: Sequence[Finding]) -> Iterator[str]:
    if plan.before is None:
        yield "no baseline: failures could not be compared with what was there before the deploy (smoke prime)"
    for one in findings:
        if one.facts.get("noted"):
            yield f"{one.check}: {one.facts['noted']}"
        elif _excused(one):
            yield f"{one.check}: {one.message}"


def _excused(finding: Finding) -> bool:
    """Not passed, and yet no reason against a pass: it is said as a warning."""
    if finding.outcome is Outcome.PASSED:
        return False
    return not finding.gating or finding.cause is Cause.PREEXISTING or bool(finding.facts.get("waived"))


def _observed(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the newest census of each service."""
    return {one.service: one.facts["census"] for one in findings if one.service and "census" in one.facts}
