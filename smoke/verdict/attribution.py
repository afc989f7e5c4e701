"""
Whose doing a failure is: the positive evidence that establishes each cause, in one place.

A failed finding is the release's fault unless one of the rules below finds evidence for another cause (law 3). The
rules look at other findings, which carry their evidence in `facts`, and at the baseline; never at the wording of an
error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.words import Cause, Outcome

NEVER_REACHED = frozenset({"name resolution", "network unreachable", "connection refused", "connect timeout"})
"""Failure kinds of `smoke.http.FailureKind` that happen before the target's application is involved."""


@dataclass(frozen=True)
class Evidence:
    """All findings of a run beside its plan, as the rules look things up in them."""

    plan: Plan
    findings: Mapping[str, Finding]

    def controls(self) -> list[Finding]:
        """Findings about the control hosts."""
        return [one for one in self.findings.values() if one.facts.get("control")]

    def direct(self, dependency: str) -> list[Finding]:
        """Findings of our own calls to *dependency*."""
        return [
            one for one in self.findings.values() if one.facts.get("dependency") == dependency and "direct" in one.facts
        ]

    def depends_on(self, check: str) -> tuple[str, ...]:
        """Return the dependencies that *check* needs."""
        return next((one.depends_on for one in self.plan.checks if one.id == check), ())

    def anything_answered(self) -> bool:
        """Tell whether any service answered anything during the run."""
        return any(one.facts.get("answered") for one in self.findings.values() if not one.facts.get("control"))


Rule = Callable[[Finding, Evidence], Finding | None]


def attribute(plan: Plan, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings with the cause that the evidence establishes; passed and undecided ones stay as they are."""
    evidence = Evidence(plan, {one.check: one for one in findings})
    return tuple(_attributed(one, evidence) for one in findings)


def _attributed(finding: Finding, evidence: Evidence) -> Finding:
    if finding.outcome is not Outcome.FAILED or finding.cause not in {None, Cause.RELEASE}:
        return finding
    for rule in RULES:
        changed = rule(finding, evidence)
        if changed is not None:
            return changed
    return replace(finding, cause=Cause.RELEASE)


def _runner(finding: Finding, evidence: Evidence) -> Finding | None:
    """Nothing was reached, and a control host was not reached either: our own network."""
    kinds = set(finding.facts.get("failure_kinds", ()))
    if not kinds or not kinds <= NEVER_REACHED or finding.facts.get("answered"):
        return None
    controls = evidence.controls()
    if controls and not any(one.facts.get("reachable") for one in controls):
        said = "the control hosts cannot be reached either"
        return _undecided(finding, Cause.RUNNER, f"{finding.message}; {said}: this machine's network is at fault")
    if controls or finding.facts.get("local") or evidence.anything_answered():
        return None
    said = "the environment file names no control host, so the target cannot be told from this machine's network"
    return _undecided(finding, Cause.RUNNER, f"{finding.message}; {said}")


def _credentials(finding: Finding, evidence: Evidence) -> Finding | None:
    """The account is refused, while another account logs in, or it was refused before the deploy already."""
    role = finding.facts.get("role")
    if not finding.facts.get("refused") or not role:
        return None
    others = [
        one
        for one in evidence.findings.values()
        if one.facts.get("role") not in {None, role} and one.facts.get("logged_in") and one.outcome is Outcome.PASSED
    ]
    if others:
        said = f"the account of role {others[0].facts['role']} logs in, so it is this account"
        return _undecided(finding, Cause.CREDENTIALS, f"{finding.message}; {said}")
    if _was_failing(finding, evidence):
        return _undecided(finding, Cause.CREDENTIALS, f"{finding.message}; it was refused before the deploy already")
    return None


def _preexisting(finding: Finding, evidence: Evidence) -> Finding | None:
    """The same check failed in the same way before the deploy."""
    if not _was_failing(finding, evidence):
        return None
    return replace(
        finding, cause=Cause.PREEXISTING, message=f"{finding.message}; it failed in the same way before the deploy"
    )


def _dependency(finding: Finding, evidence: Evidence) -> Finding | None:
    """What the check needs does not answer our own call either."""
    named = finding.facts.get("dependency")
    for dependency in (*evidence.depends_on(finding.check), *([named] if named else [])):
        for direct in evidence.direct(dependency):
            if direct.facts["direct"] == "down":
                cause = Cause.MAINTENANCE if direct.facts.get("trust") == "maintenance" else Cause.DEPENDENCY
                said = f"{dependency} does not answer a direct call either"
                return replace(finding, cause=cause, message=f"{finding.message}; {said}")
    return None


RULES: tuple[Rule, ...] = (_runner, _credentials, _preexisting, _dependency)
"""In this order; the first that finds its evidence decides."""


def _was_failing(finding: Finding, evidence: Evidence) -> bool:
    before = (evidence.plan.before or {}).get(finding.check)
    signature = finding.facts.get("signature", "")
    return before is not None and before.outcome is Outcome.FAILED and bool(signature) and before.signature == signature


def _undecided(finding: Finding, cause: Cause, message: str) -> Finding:
    return replace(finding, outcome=Outcome.UNDECIDED, cause=cause, message=message)
