"""The verdict and its JSON form, the contract `verdict.json` version 1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smoke.verdict.component import Component
from smoke.verdict.finding import Finding
from smoke.verdict.moments import iso
from smoke.verdict.plan import Plan
from smoke.verdict.severities import Incident
from smoke.verdict.words import ACTIONS, EXIT_STATUS, Action, Cause, Severity, Word

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the verdict is not a pass."""

    check: str
    cause: Cause
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One word about one environment, with everything that it rests on."""

    plan: Plan
    word: Word
    complete: bool
    summary: str
    reasons: tuple[Reason, ...]
    findings: tuple[Finding, ...]
    finished_at: float
    warnings: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    """Services at fault when the word is fail."""
    components: tuple[Component, ...] = ()
    """What is to be rolled back when the word is fail, where the environment declares components."""
    rollback_helps: bool | None = None
    """Whether a rollback undoes any of it, when the word is fail."""
    severity: Severity | None = None
    incidents: tuple[Incident, ...] = ()
    advice: str = ""
    """What to do, in a few words; where a rollback would not help it says what does."""
    observed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def action(self) -> Action:
        """What the pipeline is to do."""
        return ACTIONS[self.word]

    @property
    def exit_status(self) -> int:
        """The process exit status that says the same."""
        return EXIT_STATUS[self.word]

    def to_json(self) -> dict[str, Any]:
        """Return the contents of `verdict.json`."""
        plan = self.plan
        return {
            "schema_version": SCHEMA_VERSION,
            "run_id": plan.run_id,
            "environment": plan.environment,
            "tier": plan.tier.value,
            "verdict": self.word.value,
            "action": self.action.value,
            "complete": self.complete,
            "summary": self.summary,
            "advice": self.advice,
            "reasons": [{"check": one.check, "cause": one.cause.value, "message": one.message} for one in self.reasons],
            "release": {
                "expected": plan.release.commit,
                "previous": plan.release.previous,
                "observed": dict(self.observed),
                **({"condemned": plan.release.condemned} if plan.release.condemned else {}),
            },
            "started_at": iso(plan.started_at),
            "finished_at": iso(self.finished_at),
            "duration_s": round(max(0.0, self.finished_at - plan.started_at), 3),
            "budget_s": plan.budget_s,
            "services": list(self.services),
            "components": [one.to_json() for one in self.components],
            "rollback_helps": self.rollback_helps,
            "severity": self._graded(),
            "incidents": [one.to_json() for one in self.incidents],
            "checks": [self._check(one) for one in self.findings],
            "warnings": list(self.warnings),
            "suite": {"version": plan.suite_version, "config_sha256": plan.config_sha256},
        }

    def _graded(self) -> dict[str, str] | None:
        if self.severity is None:
            return None
        return {"grade": self.severity.value, "title": self.plan.grading.title(self.severity)}

    def _check(self, finding: Finding) -> dict[str, Any]:
        promise = next((one.promise for one in self.plan.checks if one.id == finding.check), "")
        said = {name: finding.facts.get(name) for name in ("noted", "decider", "remedy")}
        return {
            "id": finding.check,
            "stage": finding.stage.value,
            "service": finding.service,
            "gating": finding.gating,
            "outcome": finding.outcome.value,
            "cause": finding.cause.value if finding.cause else None,
            "message": finding.message,
            "expected": finding.expected,
            "found": finding.found,
            "rounds": finding.rounds,
            "samples": finding.samples,
            "started_at": round(finding.started_s, 3),
            "duration_s": round(finding.duration_s, 3),
            "evidence": list(finding.evidence),
            "reproduce": finding.reproduce,
            "promise": promise,
            **{name: str(text) for name, text in said.items() if text},
        }
