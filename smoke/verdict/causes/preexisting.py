"""The same check failed in the same way before the deploy, by the system's own doing."""

from dataclasses import replace

from smoke.verdict.causes._rule import joined
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before
from smoke.verdict.words import Cause, Outcome, Stage

ITS_OWN = frozenset({None, Cause.RELEASE, Cause.PREEXISTING})
"""Causes of a failure in the baseline that tell of the system itself; another one explains only that moment."""

SAMPLING_ERROR = 0.3
"""By how much two shares of the same fault may differ by chance: 2.7 standard deviations at a third, in 36 samples."""

TIMES_AS_MANY = 2.0
"""So many times as often as before an error may stray in hundreds of requests, each time a few."""


def preexisting(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand the same failure in the baseline, and no larger share of it now.

    Which release is served is what the deploy was to change, so that it is never excused by what was there before; but
    a version that reads as a pre-release, and read the same before, tells nothing of the release.
    """
    before = evidence.before(finding)
    of_its_own = bool(finding.facts.get("strays") or finding.facts.get("unchanging"))
    about_the_release = not of_its_own and (
        finding.stage in {Stage.CONVERGE, Stage.CONFIRM} or "census" in finding.facts
    )
    if about_the_release or before is None or before.outcome is not Outcome.FAILED or before.cause not in ITS_OWN:
        return None
    if not evidence.same_as_before(finding) or spread(finding, before):
        return None
    said = "it failed in the same way before the deploy"
    return replace(finding, cause=Cause.PREEXISTING, message=joined(finding.message, said))


def spread(finding: Finding, before: Before) -> bool:
    """Tell whether a larger share of requests fails than before: the old fault explains only the old share."""
    now, then = finding.facts.get("failed_share"), before.failed_share
    if now is None or then is None:
        return False
    return bool(now > (TIMES_AS_MANY * then if finding.facts.get("strays") else then + SAMPLING_ERROR))
