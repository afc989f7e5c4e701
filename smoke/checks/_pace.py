"""
Tell a slow route from a busy machine, by medians; pure.

A route is slow if it takes a multiple of what it took before the deploy, and noticeably longer, or longer than the
environment allows at all. What a control host takes longer by, at the same moments, is taken off first: it is not the
release that slows down an unrelated host. So is what this process was woken late by, which needs no control host.
Where replicas do not name themselves, single answers are counted besides, as a slow one hides in the median.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from smoke.checks._own_delay import STEPS
from smoke.checks._slow_share import Counted, SlowShare
from smoke.environment.load import Latency
from smoke.verdict.tally import samples_needed

FEWEST = 5
"""Samples whose median clears a route; two of them may be slow by chance."""

CLEAR = 7
"""So many slow samples in a row, after the warm-up, leave no doubt."""

SHARE_OF_CONTROL = 3.0
"""How much more than a control host a route suffers from a busy machine: it takes several steps to answer."""


@dataclass(frozen=True, slots=True)
class Timed:
    """
    How long one good answer took, in milliseconds, and which replica gave it.

    *own_ms* is by how much this process was woken late meanwhile, at worst.
    """

    ms: float
    replica: str | None = None
    own_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """
    What a route may take.

    *before_ms* and *control_before_ms* are medians of before the deploy, None where none was measured, and *before* is
    how many answers were slow then; *replicas* is how many copies have to warm up; *own_ms* is how late this process
    was woken meanwhile.
    """

    latency: Latency
    replicas: int = 1
    before_ms: float | None = None
    control_before_ms: float | None = None
    max_median_ms: float | None = None
    own_ms: float = 0.0
    before: Counted | None = None

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
        if self.before_ms is None and self._nameless(times):
            return False  # what is measured for later must show how many are slow by chance
        if limit is None:
            return True
        if median_ms(times[-FEWEST:]) <= limit and not self._slow_replicas(times, limit, least=1):
            return self._met_all(times, control)
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

    def hidden(self, times: Sequence[Timed], control: Sequence[float]) -> SlowShare | None:
        """Return what one slow replica is told by where none names itself, None where nothing tells."""
        if self.before is None or self.before_ms is None or not self._nameless(times) or self._disturbed(control):
            return None
        weighed = SlowShare(1 / self.replicas, self.before)
        return weighed if weighed.telling else None

    def counted(self, times: Sequence[Timed], control: Sequence[float]) -> Counted:
        """Return how many warm answers take too long, each by what this process was late for it."""
        warm, limit = self.warm(times), self.slower_ms(control)
        return Counted(sum(1 for one in warm if one.ms > limit + STEPS * one.own_ms), len(warm))

    def typical(self, times: Sequence[Timed]) -> Counted | None:
        """Return how many warm answers are slow beside the others, for a later verdict; None if replicas have names."""
        if not self._nameless(times):
            return None
        of_themselves = Pace(self.latency, self.replicas, before_ms=median_ms(self.warm(times)))
        return of_themselves.counted(times, ())

    def _disturbed(self, control: Sequence[float]) -> bool:
        """Tell whether the control host is slow now and then too, about as often as one replica would be."""
        if self.control_before_ms is None or not control:
            return False
        longest = max(self.control_before_ms * self.latency.ratio, self.control_before_ms + self.latency.floor_ms)
        return sum(1 for one in control if one > longest) / len(control) > 1 / (2 * self.replicas)

    def _nameless(self, times: Sequence[Timed]) -> bool:
        return self.replicas > 1 and not any(one.replica for one in times)

    def _met_all(self, times: Sequence[Timed], control: Sequence[float]) -> bool:
        """Tell whether every replica was met, as far as can be told, so that none is slow unseen."""
        named = {one.replica for one in times if one.replica}
        if named:
            return len(named) >= self.replicas or len(times) >= samples_needed(1 / self.replicas)
        hidden = self.hidden(times, control)
        return hidden is None or hidden.clear(self.counted(times, control))

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
