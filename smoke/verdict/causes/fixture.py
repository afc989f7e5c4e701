"""The service works, but the test data that the check needs were missing, or in its way, before the deploy already."""

from smoke.verdict.causes._rule import undecided
from smoke.verdict.causes.preexisting import spread
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause


def fixture(finding: Finding, evidence: Evidence) -> Finding | None:
    """Demand the same miss in the baseline: what was there before the deploy and is gone now, the release lost."""
    before = evidence.before(finding)
    if not finding.facts.get("fixture") or before is None:
        return None
    if not evidence.same_as_before(finding) or spread(finding, before):
        return None
    return undecided(finding, Cause.FIXTURE, "the test data were not as they should be before the deploy already")
