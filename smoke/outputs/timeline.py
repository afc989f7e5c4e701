"""When each check was looked at: bars along the time of a run, as a picture needs them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from smoke.outputs import answer
from smoke.outputs.answer import CheckJson, VerdictJson

ROW = 20
"""Height of a row, in pixels."""

TICKS = 6
WIDE = 35.0
"""Bars of at least this width, in per cent, hold their name."""

LATE = 70.0
"""Other bars that end beyond this part of the width, in per cent, have their name on their left."""

THINNEST = 0.4
"""Width in per cent under which a bar could not be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """
    One check; *x* and *width* in per cent of the run, *y* in pixels.

    Its name begins at *name_x* or, with *leftwards*, ends there.
    """

    check: CheckJson
    x: float
    width: float
    y: int
    name_x: float
    leftwards: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """All bars, the heading of each stage by its *y*, and the ticks of the axis: per cent and label."""

    bars: tuple[Bar, ...]
    stages: tuple[tuple[str, int], ...]
    ticks: tuple[tuple[float, str], ...]
    height: int


def draw(verdict: VerdictJson) -> Timeline | None:
    """Return the timeline, or None when no check says when it was looked at."""
    looked_at = {
        stage: sorted((one for one in checks if _seen(one)), key=lambda one: one["started_at"])
        for stage, checks in answer.by_stage(verdict).items()
    }
    checks = [one for group in looked_at.values() for one in group]
    if not checks:
        return None
    whole = max(verdict["duration_s"], *(one["started_at"] + one["duration_s"] for one in checks), 0.001)
    bars: list[Bar] = []
    stages: list[tuple[str, int]] = []
    y = ROW
    for stage, group in looked_at.items():
        if not group:
            continue
        stages.append((stage, y))
        y += ROW
        for one in group:
            bars.append(_bar(one, whole, y))
            y += ROW
    return Timeline(tuple(bars), tuple(stages), tuple(_ticks(whole)), y)


def _seen(check: CheckJson) -> bool:
    return "started_at" in check and check["rounds"] > 0


def _bar(check: CheckJson, whole: float, y: int) -> Bar:
    x = 100 * check["started_at"] / whole
    width = min(max(THINNEST, 100 * check["duration_s"] / whole), 100 - x)
    leftwards = width < WIDE and x + width > LATE
    name_x = x if leftwards or width >= WIDE else x + width
    return Bar(check, round(x, 2), round(width, 2), y, round(name_x, 2), leftwards)


def _ticks(whole: float) -> Iterator[tuple[float, str]]:
    rough = whole / TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    for index in range(1, int(whole / step) + 1):
        yield round(100 * index * step / whole, 2), f"{index * step:g} s"
