"""How long reads may lag behind writes, and what a machine that looks too seldom cannot tell; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LAG = "lag_s"
GAP = "gap_s"

UNSEEN_BEFORE = (
    "what was written can be read only later; before the deploy the reads came too late to tell whether it was so"
)
UNSEEN_NOW = (
    "what was written can be read only later than before the deploy; the looks came too seldom to tell how much"
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """
    A lag of at most *within_s* seconds, and no more than *slower_s* longer than before the deploy.

    The facts of a round hold the lag's bounds: it was at least `hidden_s`, and at most `lag_s`, None if it never
    ended. `before` is what it was before the deploy, where a lag shorter than `unseen_s` could not be seen.
    """

    within_s: float
    slower_s: float

    def telling_s(self, before: Mapping[str, Any]) -> float:
        """Return the lag, in seconds, from which on nobody doubts that it is new, given what was measured *before*."""
        known_s = max(float(before.get(LAG) or 0.0), float(before.get(GAP, 0.0)))
        return max(2 * self.slower_s, known_s + self.slower_s)

    def exceeded(self, facts: Mapping[str, Any]) -> str | None:
        """Say what is wrong with being late, in stable words; nothing, if it was or may have been as late before."""
        before, hidden_s = facts.get("before"), facts["hidden_s"]
        if facts[LAG] is None or hidden_s > self.within_s:
            return f"what was written cannot be read {self.within_s:g} s later"
        if before is None or hidden_s < max(before, facts["unseen_s"]) + self.slower_s:
            return None
        if before:
            return "what was written can be read only later than before the deploy"
        return "what was written cannot be read at once, as it could be before the deploy"

    def doubt(self, facts: Mapping[str, Any]) -> str | None:
        """Say why being late may be new, and longer than allowed, though it is not proven; None if it is not."""
        before, late = facts.get("before"), any(trip["late"] for trip in facts["trips"])
        if before is None or not late:
            return None
        if facts["hidden_s"] >= before + self.slower_s:
            return UNSEEN_BEFORE
        # Who always lagged is compared with what was measured; who never did is known to do so now.
        new = not before and facts[LAG] is not None and facts[LAG] >= 2 * self.slower_s
        return UNSEEN_NOW if new else None
