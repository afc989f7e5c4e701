"""What we ask of others is evidence about the release's failures, and never itself the release's."""

from dataclasses import replace

from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause


def witnesses(finding: Finding, _: Evidence) -> Finding | None:
    """Recognise control hosts, canary hosts and direct calls by their facts."""
    if finding.facts.get("control"):
        return replace(finding, cause=Cause.RUNNER)
    if "origin" in finding.facts:
        return replace(finding, cause=Cause.RELEASE)
    if finding.facts.get("canary") or "direct" in finding.facts:
        return replace(finding, cause=Cause.DEPENDENCY)
    return None
