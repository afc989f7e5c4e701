"""What the check needs does not answer our own call either, or its vendor says in public that it is down."""

from dataclasses import replace

from smoke.verdict.causes._rule import joined
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause


def third_party(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand that a third party that the check needs is proven to be down by something that is not the release.

    Of several that a service reports as down each must be: one that answers everybody else refuses the release.
    """
    if finding.facts.get("let_in"):
        return None  # whoever is down, a door is not opened by that
    outages = {name: evidence.outage(name) for name in evidence.needs(finding)}
    down = {name: one for name, one in outages.items() if one is not None and evidence.testifies(one, finding)}
    if not down or not set(finding.facts.get("reported_down", ())) <= set(down):
        return None
    planned = all(one.facts.get("trust") == "maintenance" for one in down.values())
    said = [f"{name} {_how(one)}" for name, one in down.items()]
    names = " and ".join(down)
    decider = f"verify again when {names} {'answers' if len(down) == 1 else 'answer'}; a rollback would not help"
    return replace(
        finding,
        cause=Cause.MAINTENANCE if planned else Cause.DEPENDENCY,
        message=joined(finding.message, " and ".join(said)),
        facts={**finding.facts, "down": list(down), "decider": decider},
    )


def _how(outage: Finding) -> str:
    if "direct" not in outage.facts:
        return "is down, as its vendor says"
    if outage.facts["direct"] == "refused":
        return "refuses our direct call too, which it answered before the deploy"
    return "does not answer a direct call either"
