"""Tell a process whose memory climbs with its requests from one that warms up; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

FEWEST = 6
"""Readings of one replica that tell a direction."""

GROWN = 1.25
"""A leak has added a quarter at least by the time that it is told from chance."""

STEADY = 0.5
"""Caches that fill grow less and less; a leak goes on, in the second half at least half as quickly as in the first."""

TIMES_BEFORE = 3.0
"""So many times as much for each request as before the deploy."""

MEGA = 2**20


@dataclass(frozen=True, slots=True)
class Level:
    """One reading: what a replica holds, in bytes, when the service had been asked so many times by us."""

    asked: int
    held: float
    replica: str | None = None


@dataclass(frozen=True, slots=True)
class Climb:
    """How the memory of one replica went: from *first* to *last* bytes, by *each* bytes for a request of ours."""

    replica: str | None
    first: float
    last: float
    each: float
    steady: bool

    @property
    def leaks(self) -> bool:
        """Whether it goes on climbing, and noticeably."""
        return self.steady and self.last >= GROWN * self.first

    def __str__(self) -> str:
        who = f"replica {self.replica}" if self.replica else "the process"
        return f"{who} went from {self.first / MEGA:.0f} to {self.last / MEGA:.0f} MB"


def climbs(levels: Sequence[Level]) -> list[Climb]:
    """Return how each replica went that was read often enough, the steepest first."""
    own: dict[str | None, list[Level]] = {}
    for one in levels:
        own.setdefault(one.replica, []).append(one)
    found = [_climb(name, some) for name, some in own.items() if len(some) >= FEWEST]
    return sorted((one for one in found if one is not None), key=lambda one: -one.each)


def each_request(levels: Sequence[Level]) -> float | None:
    """Return the bytes that a request of ours leaves on a replica, the median of all replicas."""
    found = climbs(levels)
    return round(median(one.each for one in found), 1) if found else None


def leaking(levels: Sequence[Level], before: Mapping[str, object]) -> list[Climb]:
    """Return the replicas that leak, if most do and none did so before the deploy; none where that is not known."""
    found = climbs(levels)
    leaky = [one for one in found if one.leaks]
    known = before.get("memory_each")
    if not isinstance(known, int | float) or 2 * len(leaky) <= len(found):
        return []
    return leaky if median(one.each for one in leaky) > TIMES_BEFORE * max(0.0, float(known)) else []


def _climb(replica: str | None, levels: Sequence[Level]) -> Climb | None:
    ordered = sorted(levels, key=lambda one: one.asked)
    least, most = ordered[0].asked, ordered[-1].asked
    middle = (least + most) / 2
    halves = [one for one in ordered if one.asked <= middle], [one for one in ordered if one.asked >= middle]
    slopes = [_slope(half) for half in halves]
    if most <= least or None in slopes:
        return None
    early, late = (float(one or 0.0) for one in slopes)
    each = _slope(ordered) or 0.0
    return Climb(replica, ordered[0].held, ordered[-1].held, each, early > 0 and STEADY * early <= late)


def _slope(levels: Sequence[Level]) -> float | None:
    """Return the bytes for each request by least squares, None where all were read at the same moment."""
    mean_asked, mean_held = fmean(one.asked for one in levels), fmean(one.held for one in levels)
    spread = sum((one.asked - mean_asked) ** 2 for one in levels)
    if not spread:
        return None
    return sum((one.asked - mean_asked) * (one.held - mean_held) for one in levels) / spread
