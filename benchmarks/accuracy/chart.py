"""The times from the deploy to the verdict as a small drawing: a strip for everybody who judged."""

from collections.abc import Sequence
from html import escape
from math import ceil

from markupsafe import Markup

from benchmarks.accuracy.scoring import Judged, score
from benchmarks.accuracy.tables import judges

LEFT, WIDTH, ROW, FOOT = 150, 560, 30, 28
TICKS = 6


def chart(verdicts: Sequence[Judged]) -> Markup:
    """Return SVG: a faint dot each verdict, a line from nothing to the 90 % quantile, a stroke at the median."""
    names = judges(verdicts)
    last = max((one.seconds for one in verdicts), default=0.0)
    step = 1 if last <= TICKS else 5 * ceil(last / TICKS / 5)
    longest = step * max(1, ceil(last / step))
    height = ROW * len(names) + FOOT
    parts = [_tick(second, longest, height) for second in range(0, longest + 1, step)]
    for turn, name in enumerate(names):
        parts += _strip(name, [one for one in verdicts if one.policy == name and one.counted], turn, longest)
    drawn = "".join(parts)
    label = "Seconds from the deploy to the verdict"
    return Markup(f'<svg viewBox="0 0 {LEFT + WIDTH + 20} {height}" role="img" aria-label="{label}">{drawn}</svg>')


def _x(seconds: float, longest: int) -> float:
    return round(LEFT + WIDTH * seconds / longest, 1)


def _tick(second: int, longest: int, height: int) -> str:
    x = _x(second, longest)
    return (
        f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{height - FOOT}"/>'
        f'<text class="axis" x="{x}" y="{height - 9}" text-anchor="middle">{second} s</text>'
    )


def _strip(name: str, verdicts: Sequence[Judged], turn: int, longest: int) -> list[str]:
    y = ROW * turn + ROW / 2
    found = score(verdicts)
    dots = [f'<circle cx="{_x(one.seconds, longest)}" cy="{y}" r="3"/>' for one in verdicts]
    median = _x(found.median_s, longest)
    title = f"<title>median {found.median_s:.1f} s, 90 % {found.p90_s:.1f} s</title>"
    return [
        f'<text class="name" x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(name)}</text>',
        f'<line class="reach" x1="{LEFT}" x2="{_x(found.p90_s, longest)}" y1="{y}" y2="{y}"/>',
        f'<g class="dots">{"".join(dots)}</g>',
        f'<line class="median" x1="{median}" x2="{median}" y1="{y - 9}" y2="{y + 9}">{title}</line>',
    ]
