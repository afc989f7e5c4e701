"""
Tell one slow replica among several that do not name themselves: by the share of answers that take too long; pure.

A median does not mind it: of two replicas a slow one gives every second answer. So answers are counted, as failures
are (`smoke.verdict.tally`): Wald's test between "one replica's share of answers is slow" and "as many as before the
deploy are". Before the deploy some are slow too, by chance: of none in eighteen the test still expects one in twenty.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smoke.verdict.tally import FALSE_ALARM, MISS

LEAST_SHARE = 0.25
"""One replica of more than four gives too few answers to be told from chance by a few dozen."""

CLEARED = math.log(MISS / (1 - FALSE_ALARM))
CONDEMNED = math.log((1 - MISS) / FALSE_ALARM)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many answers took too long, of all that were timed."""

    slow: int
    all: int

    @classmethod
    def read(cls, told: Any) -> "Counted | None":
        """Return what a baseline holds; None where it holds nothing of the kind."""
        fits = isinstance(told, list) and len(told) == 2 and all(isinstance(one, int) for one in told)  # noqa: PLR2004 - a pair
        return cls(*told) if fits and 0 <= told[0] <= told[1] else None


@dataclass(frozen=True, slots=True)
class SlowShare:
    """What is weighed: the *share* of one replica, against what was counted *before* the deploy."""

    share: float
    before: Counted

    @property
    def ambient(self) -> float:
        """The share of answers that chance alone makes slow (Laplace's rule of succession)."""
        return (self.before.slow + 1) / (self.before.all + 2)

    @property
    def telling(self) -> bool:
        """Whether the two shares are far enough apart to be told from each other."""
        return self.share >= LEAST_SHARE and self.ambient <= self.share / 2

    def weigh(self, counted: Counted) -> float:
        """Return the log-likelihood ratio of "one replica is slow" to "it is chance"."""
        slow, quick = math.log(self.share / self.ambient), math.log((1 - self.share) / (1 - self.ambient))
        return counted.slow * slow + (counted.all - counted.slow) * quick

    def clear(self, counted: Counted) -> bool:
        """Tell whether more samples would change nothing."""
        weight = self.weigh(counted)
        return weight <= CLEARED or weight >= CONDEMNED

    def suspicious(self, counted: Counted) -> bool:
        """Tell whether it is worth to look again."""
        return self.weigh(counted) > 0

    def faulty(self, rounds: Sequence[Counted]) -> bool:
        """Tell whether all looks together leave no doubt, and the newest one agrees."""
        return sum(map(self.weigh, rounds)) >= CONDEMNED and self.suspicious(rounds[-1])
