"""What the rules of attribution look up: the findings of a run beside its plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before, Plan
from smoke.verdict.words import Outcome, Stage

SAID_IN_PUBLIC = frozenset({"incident", "maintenance"})
"""States of a vendor's public status page that tell of an outage."""


REFUSALS = ("protected/", "key/", "exposure/", "login/refuses-")
"""Checks that are content with a refusal: whoever refuses everything satisfies them."""

BETWEEN_FAULTS = "; "
"""What stands between the faults in the fact `signature` of a check that names all it has seen."""

JUST_AFTER_S = 5.0
"""Witnesses asked so soon after a watch has ended tell more of its last look than those asked when it began."""


def faults_in(signature: str) -> frozenset[str]:
    """Return the single faults that a signature names."""
    return frozenset(signature.split(BETWEEN_FAULTS))


def is_refusal(finding: Finding) -> bool:
    """Tell whether a finding may have passed without anything of the product having been seen."""
    return finding.check.startswith(REFUSALS)


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
        return self._in_time("control", accused)

    def public_pages(self) -> list[Finding]:
        """Findings about the pages that everybody may see, as far as they were looked at."""
        pages = [one for one in self.findings.values() if one.check.startswith("page/") and one.rounds]
        return [one for one in pages if one.stage == Stage.IMMEDIATE]

    def canaries(self, accused: Finding) -> list[Finding]:
        """Findings about the unrelated hosts behind the same edge, likewise."""
        return self._in_time("canary", accused)

    def origin(self, accused: Finding) -> str:
        """Return how the service of *accused* answers beside its edge: `up`, `down`, or nothing where nobody knows."""
        about = [one for one in self.findings.values() if one.service == accused.service and one.facts.get("origin")]
        told = [str(one.facts["origin"]) for one in about if self.testifies(one, accused)]
        return next((one for one in ("down", "up") if one in told), "")

    def needs(self, finding: Finding) -> tuple[str, ...]:
        """Return the third parties that *finding* needs, or says itself that it is about."""
        named, reported = finding.facts.get("dependency"), finding.facts.get("reported_down", ())
        planned = next((one.depends_on for one in self.plan.checks if one.id == finding.check), ())
        return tuple(dict.fromkeys((*planned, *reported, *([named] if named else []))))

    def outage(self, dependency: str) -> Finding | None:
        """
        Return the finding that proves that *dependency* is down, if there is one.

        Our own call decides; where it proved nothing, as our credential is refused, the vendor's public word counts.
        A refusal proves an outage only if our call was answered before the deploy, which did not touch our credential.
        """
        about = [one for one in self.findings.values() if one.facts.get("dependency") == dependency]
        standings = {str(one.facts["direct"]): one for one in about if "direct" in one.facts}
        if "up" in standings or "down" in standings:
            return None if "up" in standings else standings["down"]
        said = [one for one in about if one.facts.get("trust") in SAID_IN_PUBLIC and "direct" not in one.facts]
        refused = [standings["refused"]] if "refused" in standings else []
        newly = [one for one in refused if (then := self.before(one)) and then.outcome is Outcome.PASSED]
        return next(iter([*said, *newly]), None)

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

    def locked_out(self, finding: Finding) -> bool:
        """
        Tell whether a header of the service that *finding* carried was refused, and no other one was let in with it.

        One success anywhere in the service proves that the header is accepted, so that who is refused then is refused
        for another reason.
        """
        names = set(finding.facts.get("carried", ()))
        if not names or finding.facts.get("admitted") is not False:
            return False
        alike = [one for one in self.findings.values() if one.service == finding.service]
        return not any(one.facts.get("admitted") and names & set(one.facts.get("carried", ())) for one in alike)

    def other_credential(self, role: str) -> bool:
        """Tell whether a role's name or password is another one than was accepted before the deploy."""
        login = self.findings.get(f"login/{role}")
        before = self.before(login) if login else None
        if login is None or before is None or before.outcome is not Outcome.PASSED:
            return False
        now, then = (one.get("credential") for one in (login.facts.get("measured", {}), before.measured))
        return bool(now and then and now != then)

    def down(self, finding: Finding) -> bool:
        """Tell whether nothing but server errors came, or nothing at all."""
        silent = bool(finding.facts.get("failure_kinds")) and not finding.facts.get("answered")
        return bool(finding.facts.get("server_errors")) or silent

    def unavailable(self, finding: Finding) -> bool:
        """Tell whether what failed is that nothing came but errors, or one page in place of everything."""
        page = finding.facts.get("one_page")
        routes = {str(one.facts.get("route")) for one in self.findings.values() if one.facts.get("one_page") == page}
        return self.down(finding) or (bool(page) and len(routes) > 1)

    def open(self) -> bool:
        """Tell whether the product was seen at work: a required check of its own passed on what it was answered."""
        stages = {Stage.CONVERGE, Stage.CONFIRM}
        passed = [one for one in self.findings.values() if one.gating and one.outcome is Outcome.PASSED]
        return any(one.stage not in stages and "route" in one.facts and not is_refusal(one) for one in passed)

    def before(self, finding: Finding) -> Before | None:
        """Return what the same check found before the deploy."""
        return (self.plan.before or {}).get(finding.check)

    def same_as_before(self, finding: Finding) -> bool:
        """
        Tell whether the same check did not pass before the deploy either, and nothing but what was wrong then is now.

        A signature names all faults that were seen; that some of them are gone makes the others no newer.
        """
        before, signature = self.before(finding), finding.facts.get("signature", "")
        if before is None or before.outcome not in {Outcome.FAILED, Outcome.UNDECIDED}:
            return False
        return bool(signature) and faults_in(signature) <= faults_in(before.signature)

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

    def _in_time(self, fact: str, accused: Finding) -> list[Finding]:
        """Return the witnesses with *fact* that were asked nearest to what *accused* was judged by."""
        every = [one for one in self.findings.values() if one.facts.get(fact) and "reachable" in one.facts]
        early = [one for one in every if one.stage is Stage.CONVERGE]
        late = [one for one in every if one.stage is not Stage.CONVERGE]
        if accused.stage is not Stage.CONVERGE:
            return late or early
        ended = accused.started_s + accused.duration_s
        after = [one for one in late if one.started_s - ended <= JUST_AFTER_S]
        return after or early or late
