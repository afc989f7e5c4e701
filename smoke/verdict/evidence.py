"""What the rules of attribution look up: the findings of a run beside its plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before, Plan
from smoke.verdict.words import Outcome


@dataclass(frozen=True)
class Evidence:
    """All findings of a run beside its plan, as the rules look things up in them."""

    plan: Plan
    findings: Mapping[str, Finding]

    def controls(self) -> list[Finding]:
        """Findings about the control hosts that came to a result."""
        return [one for one in self.findings.values() if one.facts.get("control") and "reachable" in one.facts]

    def direct(self, dependency: str) -> list[Finding]:
        """Findings of our own calls to *dependency*."""
        return [
            one for one in self.findings.values() if one.facts.get("dependency") == dependency and "direct" in one.facts
        ]

    def depends_on(self, check: str) -> tuple[str, ...]:
        """Return the dependencies that *check* needs."""
        return next((one.depends_on for one in self.plan.checks if one.id == check), ())

    def logged_in(self) -> list[Finding]:
        """Findings that prove that an account could log in."""
        return [one for one in self.findings.values() if one.facts.get("logged_in") and one.outcome is Outcome.PASSED]

    def anything_answered(self) -> bool:
        """Tell whether any service, or a third party that was called directly, answered anything during the run."""
        return any(
            one.facts.get("answered") or one.facts.get("direct") in {"up", "refused"}
            for one in self.findings.values()
            if not one.facts.get("control")
        )

    def before(self, finding: Finding) -> Before | None:
        """Return what the same check found before the deploy."""
        return (self.plan.before or {}).get(finding.check)

    def testifies(self, witness: Finding, accused: Finding) -> bool:
        """
        Tell whether a failure of *witness* can explain that of *accused*.

        It cannot if it was there before the deploy already while the accused passed: a host that this machine could
        never reach explains nothing.
        """
        then, passed = self.before(witness), self.before(accused)
        if then is None or passed is None:
            return True
        signature = witness.facts.get("signature")
        then_too = then.outcome is Outcome.FAILED or (bool(signature) and then.signature == signature)
        return not then_too or passed.outcome is not Outcome.PASSED
