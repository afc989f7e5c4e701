"""How bad a verdict is, and who must know: which of the declared incidents it is, by what was found."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from smoke.verdict.evidence import Evidence, is_refusal
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.severities import Declared, Grading, Incident
from smoke.verdict.words import Cause, Outcome, Severity, Stage, Word

FELT = frozenset({Cause.RELEASE, Cause.PREEXISTING, Cause.DEPENDENCY})
"""Causes of what users feel, whoever is to blame."""


def incidents(plan: Plan, word: Word, findings: Sequence[Finding]) -> tuple[Incident, ...]:
    """Return the declared incidents that these *findings* and their verdict are, the gravest first."""
    grading = plan.grading
    evidence = Evidence(plan, {one.check: one for one in findings})
    found = [one for one in grading.declared if _is(one, word, evidence)]
    found.sort(key=lambda one: -one.severity.rank)
    return tuple(Incident(one.name, one.severity, grading.title(one.severity), one.tell, one.within_s) for one in found)


def severity(plan: Plan, word: Word, findings: Sequence[Finding], known: Sequence[Incident]) -> Severity | None:
    """
    Return how bad it is: as bad as the gravest of the incidents *known*, and of the checks that failed.

    None where nothing is wrong, or the environment does not grade.
    """
    grading = plan.grading
    if not grading:
        return None
    graded = [one.severity for one in known]
    if word is Word.FAIL:
        own = [severity for one in _felt(findings) if (severity := _of_check(grading, one)) is not None]
        graded += own or ([] if graded else [grading.failing])
    return max(graded, key=lambda one: one.rank, default=None)


def _is(declared: Declared, word: Word, evidence: Evidence) -> bool:
    felt = _felt(list(evidence.findings.values()))
    asked = (
        (bool(declared.verdicts), word.value in declared.verdicts),
        (bool(declared.checks), any(_fits(declared, one) for one in [*felt, *_named(declared, evidence)])),
        (declared.down, any(_down(service, evidence) for service in _services(declared, felt))),
        (declared.deploy_over_s is not None, _deploy_s(evidence) > (declared.deploy_over_s or 0.0)),
        (declared.remedy is not None, any(one.facts.get("remedy") == declared.remedy for one in felt)),
    )
    return any(given for given, _ in asked) and all(holds for given, holds in asked if given)


def _felt(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.gating and one.outcome is Outcome.FAILED and one.cause in FELT]


def _named(declared: Declared, evidence: Evidence) -> Iterator[Finding]:
    """Yield advisory checks that failed, and that are declared by their very id: a pattern means those that decide."""
    for one in evidence.findings.values():
        if one.check in declared.checks and not one.gating and one.outcome is Outcome.FAILED and one.cause in FELT:
            yield one


def _services(declared: Declared, felt: Sequence[Finding]) -> set[str | None]:
    """Return the services that something is wrong with, as far as the incident is about them."""
    return {one.service for one in felt if not declared.services or one.service in declared.services}


def _fits(declared: Declared, finding: Finding) -> bool:
    """Tell whether *finding* is about a declared check, and failed often enough."""
    if not any(fnmatchcase(finding.check, pattern) for pattern in declared.checks):
        return False
    share = finding.facts.get("failed_share", 1.0)
    return max(1, round(finding.samples * float(share))) > declared.more_than


def _down(service: str | None, evidence: Evidence) -> bool:
    """Tell whether of *service* nothing was seen at work, and errors or silence came instead."""
    mine = list(_looked_at(service, evidence))
    working = any(one.outcome is Outcome.PASSED for one in mine)
    return not working and any(one.outcome is Outcome.FAILED and evidence.down(one) for one in mine)


def _looked_at(service: str | None, evidence: Evidence) -> Iterator[Finding]:
    for one in evidence.findings.values():
        if one.service == service and one.rounds and one.stage is not Stage.CONFIRM and not is_refusal(one):
            yield one


def _deploy_s(evidence: Evidence) -> float:
    """Return how long the deploy took, from its start until the release had settled; 0 where nobody told the start."""
    began = evidence.plan.release.deployed_at
    settling = [one for one in evidence.findings.values() if one.stage is Stage.CONVERGE and "census" in one.facts]
    settled_s = max((one.started_s + one.duration_s for one in settling), default=0.0)
    return 0.0 if began is None else evidence.plan.started_at + settled_s - began


def _of_check(grading: Grading, finding: Finding) -> Severity | None:
    return next((severity for pattern, severity in grading.checks if fnmatchcase(finding.check, pattern)), None)
