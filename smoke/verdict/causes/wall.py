"""A login that is not ours stands before everything, so that the product was not reached at all."""

from smoke.verdict.causes._rule import fronted
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause

A_WAY_THROUGH = "give the verifier a way through the wall (an allowed address, a bypass), then verify again"


def wall(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand that a foreign login turned the finding away, and every public page with it.

    One page that showed its landmark proves that the product can be reached, so that who is turned away elsewhere is
    turned away by the product.
    """
    by = finding.facts.get("turned_away")
    if not by or finding.facts.get("route") is None:
        return None
    public = evidence.public_pages()
    if not public or any(one.facts.get("turned_away") != by for one in public):
        return None
    said = f"every public page leads to {by} too: a login wall stands before the product, so it was not reached"
    return fronted(finding, Cause.CREDENTIALS, said, A_WAY_THROUGH)
