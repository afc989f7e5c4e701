"""How a verdict scores: pure, without knowing who gave it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from smoke.verdict.words import Word

NONE = "none"
"""The verdict of who gave none: it hung, crashed, or contradicted itself."""

DASH = "\N{EN DASH}"

Z_95 = 1.959963984540054
"""The two-sided 95 % quantile of the normal distribution."""


class Mark(StrEnum):
    """How one verdict was."""

    RIGHT = "right"
    MISSED = "missed"
    FALSE_ROLLBACK = "false rollback"
    NEEDLESS_HOLD = "needless hold"
    UNFOUNDED_PASS = "unfounded pass"
    NO_VERDICT = "no verdict"


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict on one case: who gave it, what was deserved, how long it took after the deploy."""

    id: str
    seed: int
    faults: tuple[str, ...]
    group: str
    truth: Word
    also_ok: tuple[Word, ...]
    policy: str
    verdict: str
    seconds: float
    cause: str = ""
    message: str = ""
    checks: tuple[str, ...] = ()
    counted: bool = True

    @property
    def marks(self) -> frozenset[Mark]:
        """How the verdict was; a bad deploy that was held was missed, and held without need."""
        if self.verdict == self.truth or self.verdict in self.also_ok:
            return frozenset({Mark.RIGHT})
        return frozenset(self._mistakes())

    def _mistakes(self) -> Iterable[Mark]:
        if self.verdict == NONE:
            yield Mark.NO_VERDICT
        if self.truth is Word.FAIL:
            yield Mark.MISSED
        elif self.verdict == Word.FAIL:
            yield Mark.FALSE_ROLLBACK
        if self.verdict == Word.INCONCLUSIVE:
            yield Mark.NEEDLESS_HOLD
        if self.truth is Word.INCONCLUSIVE and self.verdict == Word.PASS:
            yield Mark.UNFOUNDED_PASS


@dataclass(frozen=True, slots=True)
class Rate:
    """So many *of* so many, with the interval of Wilson: it is honest for small numbers and for none."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """The share, 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, with 95 % confidence."""
        if not self.of:
            return 0.0, 1.0
        n, z = self.of, Z_95
        middle = (self.share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(self.share * (1 - self.share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        """Return share and interval in per cent."""
        if not self.of:
            return DASH
        low, high = self.interval
        return f"{100 * self.share:.1f} % ({100 * low:.1f} {DASH} {100 * high:.1f})"


@dataclass(frozen=True, slots=True)
class Score:
    """The rates of one who judged, over some cases; each of those cases where the mistake could be made."""

    right: Rate
    missed: Rate
    false_rollback: Rate
    needless_hold: Rate
    unfounded_pass: Rate
    no_verdict: Rate
    median_s: float
    p90_s: float


def score(verdicts: Iterable[Judged]) -> Score:
    """Score *verdicts*, all of one judge; those that house rules decide are left out."""
    counted = [one for one in verdicts if one.counted]
    bad = [one for one in counted if one.truth is Word.FAIL]
    open_ones = [one for one in counted if one.truth is Word.INCONCLUSIVE]
    not_bad = [one for one in counted if one.truth is not Word.FAIL]
    decidable = [one for one in counted if one.truth is not Word.INCONCLUSIVE]
    seconds = sorted(one.seconds for one in counted)
    return Score(
        right=_rate(counted, Mark.RIGHT),
        missed=_rate(bad, Mark.MISSED),
        false_rollback=_rate(not_bad, Mark.FALSE_ROLLBACK),
        needless_hold=_rate(decidable, Mark.NEEDLESS_HOLD),
        unfounded_pass=_rate(open_ones, Mark.UNFOUNDED_PASS),
        no_verdict=_rate(counted, Mark.NO_VERDICT),
        median_s=quantile(seconds, 0.5),
        p90_s=quantile(seconds, 0.9),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which *share* of *ordered* lies, between neighbours if need be; 0 of nothing."""
    if not ordered:
        return 0.0
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def confusion(verdicts: Iterable[Judged]) -> dict[tuple[str, str], int]:
    """Return how often each truth met each verdict."""
    counts: dict[tuple[str, str], int] = {}
    for one in verdicts:
        if one.counted:
            pair = (str(one.truth), one.verdict)
            counts[pair] = counts.get(pair, 0) + 1
    return counts


def _rate(verdicts: Sequence[Judged], mark: Mark) -> Rate:
    return Rate(sum(mark in one.marks for one in verdicts), len(verdicts))
