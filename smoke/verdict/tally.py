"""
Tell a fault from ambient noise by counting samples.

Wald's sequential probability ratio test between "every request fails at the ambient rate" and "the share
*share* of requests fails". With the defaults a share of one third is cleared by exactly the twelve clean samples that
the arithmetic of the design asks for, and condemned by four failures in a dozen.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

AMBIENT = 0.01
"""Assumed ambient failure rate: twice the highest rate seen in the field (0.1 - 0.5 %)."""

MISS = 0.01
"""Accepted probability of missing a fault of the given share."""

FALSE_ALARM = 1e-4
"""Accepted probability that ambient noise alone looks like a fault, per check."""


class Reading(Enum):
    """What the samples say."""

    HEALTHY = "healthy"
    FAULTY = "faulty"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement: *fault* is None when it was as expected, else what was wrong with it."""

    fault: str | None = None
    replica: str | None = None


def samples_needed(share: float, miss: float = MISS) -> int:
    """Return how many samples show at least one failure with probability 1 - *miss* if *share* of requests fail."""
    if share >= 1:
        return 1
    return math.ceil(math.log(miss) / math.log(1 - share))


def read(rounds: Sequence[Sequence[Sample]], share: float) -> Reading:
    """
    Read the samples of all rounds made so far.

    A failure must persist: the last round clears what an earlier one saw only if it is long enough to clear on
    its own, and condemns only if it saw failures itself. A replica that names itself is also read alone.
    """
    last = rounds[-1]
    if not last:
        return Reading.UNCLEAR
    together = [sample for one_round in rounds for sample in one_round]
    if _weigh(last, share) is Reading.HEALTHY and not any(_all_failed(last, name) for name in _replicas(last)):
        return Reading.HEALTHY
    if len(rounds) == 1 and not any(sample.fault for sample in last):
        return Reading.HEALTHY if len(last) >= samples_needed(share) else Reading.UNCLEAR
    if not any(sample.fault for sample in last):
        return Reading.UNCLEAR
    if _weigh(together, share) is Reading.FAULTY:
        return Reading.FAULTY
    if any(_weigh(_of(together, name), 0.9) is Reading.FAULTY for name in _replicas(last)):
        return Reading.FAULTY
    return Reading.UNCLEAR


def tally(samples: Iterable[Sample]) -> dict[str, tuple[int, int]]:
    """Return `{replica: (failed, all)}`; samples whose replica is unknown are counted under an empty name."""
    counts: dict[str, tuple[int, int]] = {}
    for sample in samples:
        failed, total = counts.get(sample.replica or "", (0, 0))
        counts[sample.replica or ""] = (failed + bool(sample.fault), total + 1)
    return counts


def _weigh(samples: Sequence[Sample], share: float) -> Reading:
    share = min(share, 0.95)
    failed = sum(1 for sample in samples if sample.fault)
    ratio = failed * math.log(share / AMBIENT) + (len(samples) - failed) * math.log((1 - share) / (1 - AMBIENT))
    if ratio >= math.log((1 - MISS) / FALSE_ALARM):
        return Reading.FAULTY
    return Reading.HEALTHY if ratio <= math.log(MISS / (1 - FALSE_ALARM)) else Reading.UNCLEAR


def _replicas(samples: Sequence[Sample]) -> set[str]:
    return {sample.replica for sample in samples if sample.replica}


def _of(samples: Sequence[Sample], replica: str) -> list[Sample]:
    return [sample for sample in samples if sample.replica == replica]


def _all_failed(samples: Sequence[Sample], replica: str) -> bool:
    own = _of(samples, replica)
    return len(own) > 1 and all(sample.fault for sample in own)
