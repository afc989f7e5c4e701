"""Plans and findings for tests, with what a test does not care about filled in."""

from typing import Any

from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before, Plan, Planned
from smoke.verdict.verdict import Verdict
from smoke.verdict.words import Cause, Outcome, Stage, Tier

RUN_ID = "20270115T080000Z-1f3a9c"
COMMIT = "9f1c2ab4d0e35f6a7b8c9d0e1f2a3b4c5d6e7f80"
STARTED_AT = 1_800_000_000.0
END = End(finished_at=STARTED_AT + 8.1)
UNREACHED = {"failure_kinds": ["connect timeout"]}


def finding(check: str = "page/home", outcome: str = "failed", **given: Any) -> Finding:
    """Return a finding of the stage that the check's kind suggests."""
    kind = check.partition("/")[0]
    stages = {"converge": Stage.CONVERGE, "control": Stage.CONVERGE, "confirm": Stage.CONFIRM, "page": Stage.IMMEDIATE}
    cause = given.pop("cause", None)
    return Finding(
        **{
            "check": check,
            "stage": stages.get(kind, Stage.FUNCTIONAL),
            "outcome": Outcome(outcome),
            "message": "as promised" if outcome == "passed" else "HTTP 500 in 12 of 12 samples",
            "cause": Cause(cause) if cause else None,
            "gating": kind != "control",
            **given,
        }
    )


def passed(check: str, **given: Any) -> Finding:
    """Return a finding that passed."""
    return finding(check, "passed", **given)


def control(*, reachable: bool, failing: bool = False) -> Finding:
    """Return what asking a control host found, as `smoke.checks.control` says it."""
    signature = "server error" if failing else "" if reachable else "not reached"
    facts = {"control": True, "reachable": reachable, "failing": failing, "signature": signature}
    cause = None if reachable else "runner"
    return finding("control/status", "passed" if reachable else "failed", cause=cause, facts=facts)


def direct(name: str, standing: str, **facts: Any) -> Finding:
    """Return what our own call to a third party found, as `smoke.checks.salesforce` says it."""
    outcome = {"up": "passed", "down": "failed"}.get(standing, "undecided")
    cause = None if standing == "up" else "dependency" if standing == "down" else "credentials"
    known = {"dependency": name, "direct": standing, "signature": "" if standing == "up" else standing, **facts}
    return finding(f"{name}/direct", outcome, cause=cause, facts=known, gating=False, stage=Stage.INTEGRATION)


def planned(one: Finding, **given: Any) -> Planned:
    """Return the plan's entry of a finding's check."""
    return Planned(**{"id": one.check, "stage": one.stage, "service": one.service, "gating": one.gating, **given})


def plan(*checks: Planned | Finding, **given: Any) -> Plan:
    """Return a plan of these checks; findings stand for their own entries."""
    return Plan(
        **{
            "run_id": RUN_ID,
            "environment": "portal/prod",
            "tier": Tier.PROD,
            "budget_s": 120.0,
            "started_at": STARTED_AT,
            "checks": tuple(one if isinstance(one, Planned) else planned(one) for one in checks),
            "before": {},
            **given,
        }
    )


def before(outcome: str, signature: str = "", cause: str | None = None) -> Before:
    """Return what a check found before the deploy."""
    return Before(Outcome(outcome), "as it was", signature, Cause(cause) if cause else None)


def verdict_of(*findings: Finding, end: End = END, **given: Any) -> Verdict:
    """Return the verdict on these findings, all of them planned as they are."""
    return decide(plan(*findings, **given), findings, end)
