"""The release declares a maintenance window, and what was seen in it shows that the site is closed."""

from datetime import UTC, datetime

from smoke.verdict.causes._rule import fronted
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause


def maintenance(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand that the failure was seen in the window, and that it is one of a site that is closed.

    A window explains that nothing answers, that errors come, or one page in place of everything; it does not explain
    what an open site does wrong, such as a route without its guard.
    """
    window = evidence.plan.release.maintenance
    began = evidence.plan.started_at + finding.started_s
    if window is None or not (window.covers(began) or window.covers(began + finding.duration_s)):
        return None
    if not (evidence.unavailable(finding) or not evidence.open()):
        return None
    until = _moment(window.ends_at)
    said = f"this was seen in the declared maintenance window, which ends at {until}"
    return fronted(finding, Cause.MAINTENANCE, said, f"verify again after {until}, when the maintenance ends")


def _moment(epoch_s: float) -> str:
    return f"{datetime.fromtimestamp(epoch_s, UTC):%H:%M} UTC"
