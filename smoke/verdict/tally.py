"""
Tell a fault from ambient noise by counting samples.

Wald's sequential probability ratio test between "every request fails at the ambient rate" and "the share
*share* of requests fails". With the defaults a share of one third is cleared by exactly the twelve clean samples that
show it with the accepted probability (`samples_needed`), and condemned by four failures in a dozen.
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

SURE_SHARE = 0.95
"""A fault of everything is taken to show in this share of requests: even then a stray answer may come through."""

REPLICA_SHARE = 0.9
"""The share of a broken replica's own requests that fail."""


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
    its own, and condemns only if it leans to the fault itself. A replica that names itself is also read alone.
    """
    last = rounds[-1] if rounds else ()
    if not last:
        return Reading.UNCLEAR
    if _clears(last, share, first=len(rounds) == 1):
        return Reading.HEALTHY
    together = [sample for one_round in rounds for sample in one_round]
    if _condemns(together, last, share):
        return Reading.FAULTY
    if any(_condemns(_of(together, name), _of(last, name), REPLICA_SHARE) for name in _replicas(last)):
        return Reading.FAULTY
    return Reading.UNCLEAR


def tally(samples: Iterable[Sample]) -> dict[str, tuple[int, int]]:
    """Return `{replica: (failed, all)}`; samples whose replica is unknown are counted under an empty name."""
    counts: dict[str, tuple[int, int]] = {}
    for sample in samples:
        failed, total = counts.get(sample.replica or "", (0, 0))
        counts[sample.replica or ""] = (failed + bool(sample.fault), total + 1)
    return counts


def _clears(last: Sequence[Sample], share: float, *, first: bool) -> bool:
    """Tell whether the last round is healthy on its own; a spotless first round needs no more than was planned."""
    if any(_all_failed(last, name) for name in _replicas(last)):
        return False
    if first and not any(sample.fault for sample in last) and len(last) >= samples_needed(share):
        return True
    return _weigh(last, share) <= math.log(MISS / (1 - FALSE_ALARM))


def _condemns(together: Sequence[Sample], last: Sequence[Sample], share: float) -> bool:
    return _weigh(together, share) >= math.log((1 - MISS) / FALSE_ALARM) and _weigh(last, share) > 0


def _weigh(samples: Sequence[Sample], share: float) -> float:
    """
    Return the log-likelihood ratio of "the share fails" to "only ambient noise".

    Who asks to see a share near the ambient rate is taken to have less noise: a quarter of that share.
    """
    share = min(share, SURE_SHARE)
    ambient = min(AMBIENT, share / 4)
    failed = sum(1 for sample in samples if sample.fault)
    return failed * math.log(share / ambient) + (len(samples) - failed) * math.log((1 - share) / (1 - ambient))


def _replicas(samples: Sequence[Sample]) -> set[str]:
    return {sample.replica for sample in samples if sample.replica}


def _of(samples: Sequence[Sample], replica: str) -> list[Sample]:
    return [sample for sample in samples if sample.replica == replica]


def _all_failed(samples: Sequence[Sample], replica: str) -> bool:
    own = _of(samples, replica)
    return len(own) > 1 and all(sample.fault for sample in own)
