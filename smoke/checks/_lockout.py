"""
Whose login limit it is: one account's, our own address's, or everybody's; pure.

From one address nobody sees how another one fares. What tells a limiter that counts all users together from one that
counts ours alone is arithmetic: it has counted more attempts than this run and the one before the deploy made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from smoke.checks._attempts import Attempt

UNKNOWN_WINDOW_S = 900.0
"""How long a limiter that does not tell is taken to count: a quarter of an hour is the longest that is usual."""

TOGETHER_S = 1.0
"""Attempts so near to each other may have been counted in another order than they were made."""


class Reading(Enum):
    """What the attempts of one look say."""

    OPEN = "nobody was limited"
    DENSE = "more was counted than was certainly ours"
    CROWDED = "for every account more was counted than can be ours"
    ACCOUNT = "one account is limited, another is not"
    EVERYBODY = "every account is limited, and not by attempts of ours"
    OURS = "every account is limited, and attempts of ours may be why"
    UNTOLD = "an account is limited, and no other one tells whether all are"


@dataclass(frozen=True, slots=True)
class Look:
    """The attempts of one look; *control* were made one after the other: a limited account, another one, the first."""

    attempts: tuple[Attempt, ...] = ()
    control: tuple[Attempt, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether any account was limited at its first attempt."""
        return any(one.limited for one in self.firsts().values())

    def firsts(self) -> dict[str, Attempt]:
        """Return the first attempt of each role."""
        found: dict[str, Attempt] = {}
        for one in self.attempts:
            found.setdefault(one.role, one)
        return found

    def every(self) -> tuple[Attempt, ...]:
        """Return all attempts."""
        return (*self.attempts, *self.control)


@dataclass(frozen=True, slots=True)
class Known:
    """
    What is known beside a look.

    *run* are all attempts of this run, *browser* how many more its journeys may have made. *before* is what was
    measured before the deploy, empty without a baseline. *earlier* is when other runs of ours tried (epoch seconds).
    """

    run: Sequence[Attempt]
    browser: int
    before: Mapping[str, Any]
    earlier: Sequence[float] = ()

    @property
    def window_s(self) -> float:
        """How long the limiter counts, as far as it tells: an attempt further back is forgotten."""
        told = [one.reset_s for one in self.run if one.reset_s is not None]
        before = _number(self.before.get("window_s"))
        return max([*told, *([before] if before is not None else [])], default=UNKNOWN_WINDOW_S)

    def certain(self, attempt: Attempt) -> int:
        """Return how many attempts, up to this one, were ours for certain; what was refused used nothing up."""
        begin, end = attempt.at - self.window_s, attempt.at + TOGETHER_S
        taken = sum(1 for one in self.run if begin < one.at <= end and not one.limited)
        return taken + attempt.limited

    def possible(self, attempt: Attempt) -> int:
        """Return how many may have been ours at most, those before the deploy included if they still count."""
        at = _number(self.before.get("at"))
        still = at is not None and at > attempt.at - self.window_s
        of_baseline = self.made_before if still else 0
        return self._maybe(attempt) + self.browser + of_baseline + self._between(attempt, at or 0.0)

    def _between(self, attempt: Attempt, since: float) -> int:
        """Return how many may count of those that other runs made *since* the baseline, by their browsers too."""
        begin = max(attempt.at - self.window_s, since)
        counted = sum(1 for one in self.earlier if begin < one <= attempt.at)
        return counted + self.browser if counted else 0

    def _maybe(self, attempt: Attempt) -> int:
        """Return how many attempts of this run may count: a slow one was counted at any moment of its way."""
        begin, end = attempt.at - self.window_s, attempt.at + attempt.took_s + TOGETHER_S
        taken = sum(1 for one in self.run if begin < one.at + one.took_s and one.at <= end and not one.limited)
        return taken + attempt.limited

    @property
    def made_before(self) -> int:
        """How many attempts were made before the deploy."""
        return int(_number(self.before.get("attempts")) or 0)

    @property
    def unlimited_before(self) -> bool:
        """Whether it is known that nobody was limited before the deploy, nor more counted than was ours."""
        return bool(self.before) and self.before.get("limited") is False and self.before.get("crowded") is False


def read(look: Look, known: Known) -> Reading:
    """Say what one look shows."""
    if look.limited or any(one.limited for one in look.control):
        return _read_limited(look, known)
    crowded = {one.role for one in look.every() if one.used is not None and one.used > known.possible(one)}
    if len(crowded) > 1 and crowded == set(look.firsts()):
        return Reading.CROWDED
    dense = any(one.used is not None and one.used > known.certain(one) for one in look.every())
    return Reading.DENSE if dense else Reading.OPEN


def _read_limited(look: Look, known: Known) -> Reading:
    firsts = look.firsts()
    if len(firsts) == 1:
        return Reading.UNTOLD
    states = [one.limited for one in look.control]
    if states == [True, False, True]:
        return Reading.ACCOUNT
    limited = next(one for one in look.every() if one.limited)
    together = all(one.limited for one in firsts.values()) or states[:2] == [True, True]
    if not together:
        return Reading.DENSE  # the window turned while we looked
    if limited.limit is not None:
        return Reading.OURS if known.possible(limited) > limited.limit else Reading.EVERYBODY
    fewer = known.possible(limited) <= known.made_before
    return Reading.EVERYBODY if known.unlimited_before and fewer else Reading.OURS


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
