"""
Tell a slow route from a busy machine, by medians; pure.

A route is slow if it takes a multiple of what it took before the deploy, and noticeably longer, or longer than the
environment allows at all. What a control host takes longer by, at the same moments, is taken off first: it is not the
release that slows down an unrelated host. So is what this process was woken late by, which needs no control host.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from smoke.checks._own_delay import STEPS
from smoke.environment.load import Latency

FEWEST = 5
"""Samples whose median clears a route; two of them may be slow by chance."""

CLEAR = 7
"""So many slow samples in a row, after the warm-up, leave no doubt."""

SHARE_OF_CONTROL = 3.0
"""How much more than a control host a route suffers from a busy machine: it takes several steps to answer."""


@dataclass(frozen=True, slots=True)
class Timed:
    """How long one good answer took, in milliseconds, and which replica gave it."""

    ms: float
    replica: str | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """
    What a route may take.

    *before_ms* and *control_before_ms* are medians of before the deploy, None where none was measured; *replicas* is
    how many copies have to warm up; *own_ms* is how late this process was woken meanwhile.
    """

    latency: Latency
    replicas: int = 1
    before_ms: float | None = None
    control_before_ms: float | None = None
    max_median_ms: float | None = None
    own_ms: float = 0.0

    def limit_ms(self, control: Sequence[float]) -> float | None:
        """Return the longest median that is no fault, None where nothing tells; *control* are its times now."""
        limits = []
        if self.before_ms is not None:
            limits.append(self.slower_ms(control))
        if self.max_median_ms is not None:
            limits.append(self.max_median_ms + self.allowance_ms(control))
        return min(limits) if limits else None

    def slower_ms(self, control: Sequence[float]) -> float:
        """Return the longest median that is about as quick as before the deploy; 0 where that is not known."""
        before_ms = self.before_ms or 0.0
        longest = max(before_ms * self.latency.ratio, before_ms + self.latency.floor_ms)
        return longest + self.allowance_ms(control)

    def allowance_ms(self, control: Sequence[float]) -> float:
        """Return what a busy machine or network may add at this moment."""
        own_ms = STEPS * self.own_ms
        if self.control_before_ms is None or not control:
            return own_ms
        return max(own_ms, SHARE_OF_CONTROL * (median(control) - self.control_before_ms))

    def enough(self, times: Sequence[Timed], control: Sequence[float]) -> bool:
        """Tell whether more samples would change nothing: it is clearly quick, clearly slow, or there are enough."""
        limit = self.limit_ms(control)
        if len(times) >= self.latency.samples:
            return True
        if len(times) < FEWEST:
            return False
        if limit is None or (median_ms(times[-FEWEST:]) <= limit and not self._slow_replicas(times, limit, least=1)):
            return True
        warm = self.warm(times)
        return len(warm) >= CLEAR and all(one.ms > limit for one in warm[-CLEAR:])

    def slow(self, times: Sequence[Timed], control: Sequence[float]) -> Mapping[str, float]:
        """Return the medians that are too long: of all under an empty name, else of single replicas."""
        limit, warm = self.limit_ms(control), self.warm(times)
        if limit is None or not warm:
            return {}
        together = median_ms(warm)
        return {"": together} if together > limit else self._slow_replicas(warm, limit, least=4)

    def warm(self, times: Sequence[Timed]) -> Sequence[Timed]:
        """Return the samples that count: the first ones may still fill caches."""
        return times[min(self.replicas, max(0, len(times) - FEWEST)) :]

    def _slow_replicas(self, times: Sequence[Timed], limit: float, least: int) -> dict[str, float]:
        own = {name: [one for one in times if one.replica == name] for name in {one.replica for one in times}}
        return {
            name: median_ms(some)
            for name, some in sorted(own.items(), key=lambda pair: str(pair[0]))
            if name and len(some) >= least and median_ms(some) > limit
        }


def median_ms(times: Sequence[Timed]) -> float:
    """Return the median in milliseconds, rounded as a clock can tell."""
    return round(median(one.ms for one in times), 1)
