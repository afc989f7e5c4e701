"""How long a check took, as a line over 24 hours; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from smoke.status.strips import Span

HEIGHT = 100
"""Of the plot, in units of its own; the page stretches it."""

LEAST_S = 0.05
"""The smallest time that the plot's height stands for, so that noise of a millisecond does not look like a mountain."""

Timed = tuple[float, float]
"""When something was done, and how long it took."""

POINTS = 300
"""More than so many points no screen shows; of each group the slowest is kept, since it is what matters."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Lines, with a gap where nothing was measured, and the times; *top_s* is what the height stands for."""

    lines: tuple[str, ...]
    top_s: float
    median_s: float
    slowest_s: float
    last_s: float


def latency(times: Sequence[Timed], span: Span, longest_gap_s: float) -> Latency | None:
    """Return the lines through *times*; None for fewer than two. A line ends where the next look is far away."""
    if len(times) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    durations = [took for _, took in times]
    top_s = max(LEAST_S, *durations)
    lines = tuple(
        " ".join(f"{span.x(at):g},{HEIGHT * (1 - took / top_s):.1f}" for at, took in part)
        for part in _unbroken(_thinned(times), longest_gap_s)
    )
    return Latency(lines, top_s, median(durations), max(durations), durations[-1])


def _unbroken(times: Sequence[Timed], longest_gap_s: float) -> Iterator[list[Timed]]:
    part = [times[0]]
    for one in times[1:]:
        if one[0] - part[-1][0] > longest_gap_s:
            yield part
            part = []
        part.append(one)
    yield part


def _thinned(times: Sequence[Timed]) -> list[Timed]:
    size = -(-len(times) // POINTS)
    groups = [times[start : start + size] for start in range(0, len(times), size)]
    return [max(group, key=lambda one: one[1]) for group in groups]
