"""
Tell an outbreak of failures from ambient noise in a series of samples; pure.

The same sequential test as in `smoke.verdict.tally`, begun anew whenever nothing speaks for a fault (Page's cumulative
sum): one reset among a hundred good answers weighs nothing any more a few answers later, while three failures close
together raise the alarm.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from smoke.verdict.tally import AMBIENT, FALSE_ALARM, MISS, samples_needed

SHARE = 1 / 3
"""The failing share that must be seen: one replica of three."""

ALARM = math.log((1 - MISS) / FALSE_ALARM)

LASTING_LOOKS = 3
"""An outbreak that shows in so many looks is no hiccup."""

_FAILED = math.log(SHARE / AMBIENT)
_GOOD = math.log((1 - SHARE) / (1 - AMBIENT))


@dataclass(frozen=True, slots=True)
class Beat:
    """One sample of a soak: *look* is the number of the look, *at_s* the time since the release had settled."""

    look: int
    at_s: float
    route: str
    fault: str | None = None
    replica: str | None = None


@dataclass(frozen=True, slots=True)
class Outbreak:
    """Failures close together, from the first to the last of them; *over* once enough good answers followed."""

    beats: tuple[Beat, ...]
    over: bool

    @property
    def began_s(self) -> float:
        """When the first failure was seen."""
        return self.beats[0].at_s

    @property
    def failed(self) -> int:
        """How many samples failed."""
        return sum(1 for one in self.beats if one.fault)

    @property
    def lasting(self) -> bool:
        """Whether it was seen in so many looks that it is no hiccup."""
        return len({one.look for one in self.beats if one.fault}) >= LASTING_LOOKS

    @property
    def fault(self) -> str:
        """What failed most often."""
        faults = Counter(one.fault for one in self.beats if one.fault)
        return str(max(sorted(map(str, faults)), key=lambda one: faults[one]))


def once_good(beats: Sequence[Beat]) -> list[Beat]:
    """Return the samples of each route from its first good one on: what never worked is not this check's matter."""
    good: set[str] = set()
    kept = []
    for one in beats:
        if one.fault is None:
            good.add(one.route)
        if one.route in good:
            kept.append(one)
    return kept


def outbreaks(beats: Sequence[Beat]) -> list[Outbreak]:
    """Return the outbreaks among *beats*, the oldest first."""
    found, run, weight, raised, good = list[Outbreak](), list[Beat](), 0.0, False, 0
    for one in beats:
        if not run and one.fault is None:
            continue
        run.append(one)
        good = 0 if one.fault else good + 1
        weight = max(0.0, weight + (_FAILED if one.fault else _GOOD))
        raised = raised or weight >= ALARM
        if good >= samples_needed(SHARE) if raised else weight == 0.0:
            found += [Outbreak(_trimmed(run), over=True)] if raised else []
            run, weight, raised, good = [], 0.0, False, 0
    return found + ([Outbreak(_trimmed(run), over=False)] if raised else [])


def _trimmed(run: Sequence[Beat]) -> tuple[Beat, ...]:
    last = max(place for place, one in enumerate(run) if one.fault)
    return tuple(run[: last + 1])
