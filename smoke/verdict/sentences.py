"""The sentences that a verdict speaks to people."""

from collections.abc import Sequence

from smoke.verdict.finding import Finding
from smoke.verdict.verdict import Verdict
from smoke.verdict.words import Cause, Outcome, Stage, Word

NEXT_STEP = {
    Cause.RELEASE: "look again in a moment: the rollout may need more time",
    Cause.DEPENDENCY: "wait for the third party and verify again; a rollback would not help",
    Cause.PREEXISTING: "mend it on its own; this release did not bring it",
    Cause.RUNNER: "mend the machine that runs the verification, or run it elsewhere",
    Cause.CREDENTIALS: "renew the named account or secret, then verify again",
    Cause.FIXTURE: "restore the test data, then verify again",
    Cause.MAINTENANCE: "verify again after the maintenance",
    Cause.SUPERSEDED: "verify the newer release instead",
    Cause.SUITE: "run the whole verification again",
}
"""What to do when a verdict holds, by the cause of its first reason."""

_MOST_TELLING = (Stage.FUNCTIONAL, Stage.INTEGRATION, Stage.IMMEDIATE, Stage.MONITORING, Stage.CONVERGE, Stage.CONFIRM)


def summarise(verdict: Verdict, interruption: str | None = None) -> str:
    """Return one sentence, or two, that a person can act on."""
    if verdict.word is Word.PASS:
        return _pass(verdict)
    if verdict.word is Word.FAIL:
        return _fail(verdict)
    return _inconclusive(verdict, interruption)


def _pass(verdict: Verdict) -> str:
    gating = [one for one in verdict.findings if one.gating and one.outcome is Outcome.PASSED]
    journeys = sum(1 for one in gating if one.check.startswith("journey/"))
    commit = verdict.plan.release.commit
    live = f"{commit[:12]} is served everywhere" if commit else "every replica serves the same release"
    which = f"all {len(gating)} required checks passed" + (f", {journeys} of them journeys" if journeys else "")
    return f"{live[0].upper()}{live[1:]} and {which}."


def _fail(verdict: Verdict) -> str:
    guilty = _telling([one for one in verdict.findings if _guilty(one)])
    return _with_others(guilty)


def _inconclusive(verdict: Verdict, interruption: str | None) -> str:
    by_id = {one.check: one for one in verdict.findings}
    because = [by_id[one.check] for one in verdict.reasons if one.check in by_id]
    if interruption:
        failed = [one for one in because if _guilty(one)]
        also = f" Before that: {failed[0].check}: {failed[0].message}." if failed else ""
        return f"The verification did not finish: {interruption}.{also}"
    deselected = [one for one in because if one.facts.get("unmade") == "deselected"]
    rest = [one for one in because if one not in deselected]
    if deselected and not rest:
        made = sum(1 for one in verdict.findings if one.gating and one.outcome is Outcome.PASSED)
        total = made + len(deselected)
        return f"Partial: the {made} required checks selected have passed; {len(deselected)} of {total} were not made."
    if not because:
        return "Nothing was verified: the environment has no required check that could be made."
    return _with_others(_telling(rest))


def _telling(findings: Sequence[Finding]) -> list[Finding]:
    """Put first what a user would feel; checks that were only skipped come last."""
    return sorted(
        findings,
        key=lambda one: (
            one.outcome is Outcome.SKIPPED,
            not one.check.startswith("journey/"),
            _MOST_TELLING.index(one.stage),
        ),
    )


def _with_others(findings: Sequence[Finding]) -> str:
    first, others = findings[0], len(findings) - 1
    more = f" ({others} more {'reason' if others == 1 else 'reasons'})" if others else ""
    return f"{first.check}: {first.message.rstrip('.')}.{more}"


def _guilty(finding: Finding) -> bool:
    return finding.gating and finding.outcome is Outcome.FAILED and finding.cause is Cause.RELEASE
