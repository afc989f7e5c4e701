"""What the rules of attribution look up: the findings of a run beside its plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before, Plan
from smoke.verdict.words import Outcome, Stage

SAID_IN_PUBLIC = frozenset({"incident", "maintenance"})
"""States of a vendor's public status page that tell of an outage."""


@dataclass(frozen=True)
class Evidence:
    """All findings of a run beside its plan, as the rules look things up in them."""

    plan: Plan
    findings: Mapping[str, Finding]

    def controls(self, accused: Finding) -> list[Finding]:
        """
        Findings about the control hosts that came to a result, at the time that fits *accused*.

        They are asked while converging and again in the end: the network may be lost on the way.
        """
        all_of_them = [one for one in self.findings.values() if one.facts.get("control") and "reachable" in one.facts]
        early = accused.stage is Stage.CONVERGE
        return [one for one in all_of_them if (one.stage is Stage.CONVERGE) is early] or all_of_them

    def outage(self, dependency: str) -> Finding | None:
        """
        Return the finding that proves that *dependency* is down, if there is one.

        Our own call decides; where it proved nothing, as our credential is refused, the vendor's public word counts.
        """
        about = [one for one in self.findings.values() if one.facts.get("dependency") == dependency]
        standings = {str(one.facts["direct"]): one for one in about if "direct" in one.facts}
        if "up" in standings or "down" in standings:
            return None if "up" in standings else standings["down"]
        said = [one for one in about if one.facts.get("trust") in SAID_IN_PUBLIC and "direct" not in one.facts]
        return said[0] if said else None

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
