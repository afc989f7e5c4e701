"""Draw time as a strip: what was so from when to when, and each of 90 days; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from smoke.alerts.sentences import clock
from smoke.outputs.untrusted import one_line
from smoke.status.gathering import DAY_S, DAYS, Days

WIDTH = 1000
"""Of a strip, in units of its own; the page stretches it."""

GAP = 1.5
"""Between two days."""

NOTED = 160
"""Characters of what a piece of a strip says when it is pointed at."""

SOME = 0.1
"""A day of which a smaller share was bad had some trouble; of a larger one, it was a bad day."""

TONES = {
    "passed": "good",
    "sound": "good",
    "failed": "bad",
    "failing": "bad",
    "undecided": "unclear",
    "unclear": "unclear",
    "skipped": "aside",
    "aside": "aside",
}
"""How an outcome or a standing is painted."""

MISERY = ("bad", "some", "unclear", "aside", "good")
"""What counts of a day, if there was any of it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a strip from *x*, so *wide*, painted in *tone*; *words* say what it is."""

    x: float
    wide: float
    tone: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """At *at* something was so, in words."""

    at: float
    so: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a strip shows."""

    begins: float
    ends: float

    def x(self, at: float) -> float:
        """Return where *at* lies on a strip, within its bounds."""
        share = (at - self.begins) / (self.ends - self.begins)
        return round(WIDTH * min(1.0, max(0.0, share)), 1)


def pieces(moments: Sequence[Moment], span: Span, lasts_s: float) -> list[Piece]:
    """Return a strip on which each moment lasts until the next, at most *lasts_s*; good neighbours are one piece."""
    made: list[Piece] = []
    for one, following in zip(moments, [*moments[1:], None], strict=True):
        ends = min(one.at + lasts_s, following.at if following else span.ends)
        x, tone = span.x(one.at), TONES.get(one.so, "aside")
        if ends <= span.begins:
            continue
        new = Piece(x, round(span.x(ends) - x, 1), tone, _words(one, tone))
        if made and made[-1].tone == tone and tone == "good" and abs(made[-1].x + made[-1].wide - x) < 1:
            made[-1] = replace(made[-1], wide=round(x + new.wide - made[-1].x, 1))
        else:
            made.append(new)
    return made


def days(counted: Days, now: float) -> Iterator[Piece]:
    """Yield a cell for each of the last 90 days that has looks."""
    first, wide = int(now // DAY_S) - DAYS + 1, WIDTH / DAYS
    for day in range(first, first + DAYS):
        counts = counted.get(day)
        if counts:
            yield Piece(round((day - first) * wide, 1), round(wide - GAP, 1), _tone(counts), _day_words(counts, day))


def share_good(counted: Iterable[Mapping[str, int]]) -> float | None:
    """Return the share of looks that were good among those that could tell, None if none could."""
    good = bad = 0
    for counts in counted:
        good += _of("good", counts)
        bad += _of("bad", counts)
    return good / (good + bad) if good + bad else None


def _of(tone: str, counts: Mapping[str, int]) -> int:
    return sum(count for so, count in counts.items() if TONES.get(so, "aside") == tone)


def _tone(counts: Mapping[str, int]) -> str:
    tones = {TONES.get(so, "aside") for so in counts}
    if 0 < _of("bad", counts) < SOME * sum(counts.values()):
        tones = (tones - {"bad"}) | {"some"}
    return next(one for one in MISERY if one in tones)


def _words(one: Moment, tone: str) -> str:
    if tone == "good":
        return ""
    return one_line(f"{clock(one.at)} {one.so}{': ' if one.words else ''}{one.words}", NOTED)


def _day_words(counts: Mapping[str, int], day: int) -> str:
    said = ", ".join(f"{count} {so}" for so, count in sorted(counts.items()))
    return f"{datetime.fromtimestamp(day * DAY_S, UTC):%Y-%m-%d}: {said}"
