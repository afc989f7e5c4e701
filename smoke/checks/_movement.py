"""
Tell movement from scatter in a series of censuses; pure.

Answers are samples, so their shares scatter although nothing moves. Movement is therefore only what chance does not
explain: a risen share of the goal, a replica that serves the goal for the first time, a commit never seen before, the
onset of an outage and its first end. What flaps between known states does not move.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from smoke.checks._census import Vote

WINDOW = 3
"""Looks that are taken together to even out the scatter."""

LEAST_STEP = 0.1
"""Smallest rise of a share that counts as movement."""

SIGNIFICANT = 3.0
"""Standard errors that a share must rise by; chance alone does so about once in 700 looks."""


@dataclass(frozen=True, slots=True)
class Look:
    """One census, *elapsed_s* seconds after the first question."""

    elapsed_s: float
    votes: tuple[Vote, ...]


def movements(looks: Sequence[Look], goal: str | None, replicas: int) -> list[float]:
    """Return when something moved towards *goal* or changed for good, in seconds after the first question."""
    step = max(0.5 / replicas, LEAST_STEP)
    sums = _running([_count(look, goal) for look in looks])
    moves, since, ground = list[float](), 0, _Ground()
    ground.broken_by(looks[0], goal)
    fell_silent = spoke_again = False
    best = sums[1].share
    for end in range(1, len(looks)):
        start = max(since + 1, end - WINDOW + 1)
        before, recent = sums[start] - sums[since], sums[end + 1] - sums[start]
        onset = not fell_silent and before.outvoices(recent, step)
        ends = not spoke_again and recent.outvoices(before, step)
        gains = recent.share > best and recent.outweighs(before, step)
        if ground.broken_by(looks[end], goal) or onset or ends or gains:
            moves.append(looks[end].elapsed_s)
            since, best = start, max(best, recent.share)
            fell_silent, spoke_again = fell_silent or onset, spoke_again or ends
    return moves


def share_of(goal: str | None, look: Look) -> float:
    """Return which share of a look's samples serves *goal*."""
    return _count(look, goal).share


@dataclass(frozen=True, slots=True)
class _Count:
    """How many samples were taken, served the goal, and named no commit."""

    total: int = 0
    goal: int = 0
    silent: int = 0

    def __add__(self, other: "_Count") -> "_Count":
        return _Count(self.total + other.total, self.goal + other.goal, self.silent + other.silent)

    def __sub__(self, other: "_Count") -> "_Count":
        return _Count(self.total - other.total, self.goal - other.goal, self.silent - other.silent)

    @property
    def share(self) -> float:
        return self.goal / max(1, self.total)

    def outweighs(self, before: "_Count", step: float) -> bool:
        """Tell whether the share of the goal has risen since *before*."""
        return _rises(before.goal, before.total, self.goal, self.total, step)

    def outvoices(self, before: "_Count", step: float) -> bool:
        """Tell whether the share of answers that name a commit has risen since *before*."""
        return _rises(before.total - before.silent, before.total, self.total - self.silent, self.total, step)


class _Ground:
    """What was reached so far: replicas that serve the goal, commits that were ever served."""

    def __init__(self) -> None:
        self._replicas: set[str] = set()
        self._commits: set[str] = set()

    def broken_by(self, look: Look, goal: str | None) -> bool:
        """Add *look*; tell whether it went further than any before."""
        replicas = {one.replica for one in look.votes if one.replica and one.commit is not None and one.commit == goal}
        commits = {one.commit for one in look.votes if one.commit}
        new = not (replicas <= self._replicas and commits <= self._commits)
        self._replicas |= replicas
        self._commits |= commits
        return new


def _count(look: Look, goal: str | None) -> _Count:
    votes = look.votes
    at_goal = sum(1 for one in votes if one.commit is not None and one.commit == goal)
    return _Count(len(votes), at_goal, sum(1 for one in votes if one.commit is None))


def _running(counts: Sequence[_Count]) -> list[_Count]:
    """Return the sums of the first 0, 1, 2 … counts."""
    return list(accumulate(counts, initial=_Count()))


def _rises(before: int, some: int, after: int, others: int, step: float) -> bool:
    """Tell whether a share rose by *step* at least, and by more than chance explains (two-proportion test)."""
    if not some or not others or after / others - before / some < step:
        return False
    pooled = (before + after) / (some + others)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / some + 1 / others))
    return after / others - before / some >= SIGNIFICANT * spread
