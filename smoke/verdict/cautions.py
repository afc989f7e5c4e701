"""What a person should know beside the verdict: what was not compared, not made, or would have told more."""

from collections.abc import Iterator, Sequence

from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.sentences import names_of
from smoke.verdict.words import Cause, Outcome

NAMED = 3
"""Checks that are named; the others are counted."""


def cautions(plan: Plan, judged: Sequence[Finding], reasons: Sequence[Finding]) -> Iterator[str]:
    """Yield the warnings of a verdict that rests on *reasons*."""
    if plan.before is None:
        why = plan.without_baseline or "none was recorded (smoke prime)"
        yield f"no baseline: {why}; {_not_compared(judged)}"
    made = {one.check for one in judged}
    for check in sorted(set(plan.release.retired) - made):
        yield f"{check}: not made, as the release declares it retired"
    yield from _missed_witnesses(judged)
    for service in sorted({one.service or "" for one in judged if one.facts.get("slowed")}):
        yield f"{service}: it limits requests (HTTP 429), so it was asked more slowly; see limits.requests_per_s"
    for one in judged:
        if one.outcome is not Outcome.PASSED and one not in reasons and not one.facts.get("blocked_by"):
            yield f"{one.check}: {one.message}"
        if one.facts.get("noted"):
            yield f"{one.check}: {one.facts['noted']}"


def _not_compared(judged: Sequence[Finding]) -> str:
    """Say what would have been compared with the time before the deploy."""
    looked = [one for one in judged if one.rounds and not one.facts.get("control")]
    wanting = {Outcome.FAILED, Outcome.UNDECIDED}
    groups = {
        "failures": [one.check for one in looked if one.gating and one.outcome in wanting],
        "measurements": [one.check for one in looked if one.facts.get("measured")],
        "sessions": [one.check for one in judged if one.check.startswith("session/") and one.facts.get("waived")],
    }
    said = [f"{what} of {names_of(checks, NAMED)}" for what, checks in groups.items() if checks]
    return f"not compared with before the deploy: {'; '.join(said)}" if said else "nothing needed one this time"


def _missed_witnesses(judged: Sequence[Finding]) -> Iterator[str]:
    """Yield what the environment file could name, so that another run can tell more than this one."""
    guilty = [one for one in judged if one.outcome is Outcome.FAILED and one.cause is Cause.RELEASE and one.gating]
    roles = {str(one.facts["role"]) for one in judged if one.facts.get("role")}
    refused = [one for one in guilty if one.facts.get("refused")]
    if refused and len(roles) == 1:
        yield f"{refused[0].check}: a second role would tell this account from every account"
    witnesses = any(one.facts.get("control") or one.facts.get("canary") or "origin" in one.facts for one in judged)
    if guilty and not witnesses and all(one.facts.get("server_errors") for one in guilty):
        yield "edge: an unrelated host behind the same edge (edge.canary) would tell an outage of its provider"
