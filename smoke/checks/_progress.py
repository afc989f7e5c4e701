"""Tell a rollout that is still moving from one that is stuck; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from smoke.checks._movement import Look, movements
from smoke.verdict.tally import MISS, Reading, Sample, read, samples_needed

_PATIENCE = 1.5
"""Whoever took so long between two steps may take half as long again for the next."""


class Standing(Enum):
    """How far a rollout is."""

    UNDER_WAY = "under way"
    SETTLED = "settled"
    MOVING = "still moving at the end"
    STUCK = "stuck"
    CUT = "cut short by the budget"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Rollout:
    """
    What is awaited of one service.

    *goal* is the commit that must be served, None if any will do so long as all agree. *limit_s* is how long it is
    watched; *whole* is False if the budget does not leave all the time that the environment grants.
    """

    goal: str | None
    previous: str | None
    size: int
    share: float
    replicas: int
    stuck_after_s: float
    limit_s: float
    whole: bool = True

    def standing(self, looks: Sequence[Look]) -> Standing:
        """Return where the rollout stands after *looks*, the newest last."""
        if self._settled(looks):
            return Standing.SETTLED
        if self._superseded(looks):
            return Standing.SUPERSEDED
        elapsed = looks[-1].elapsed_s
        moves = movements(looks, self.goal_of(looks), self.replicas)
        patience = max([self.stuck_after_s, *(_PATIENCE * gap for gap in _gaps(moves))])
        flat_s = elapsed - (moves[-1] if moves else 0.0)
        if not self._not_begun(looks, moves) and flat_s >= patience:
            return Standing.STUCK
        if elapsed < self.limit_s:
            return Standing.UNDER_WAY
        if moves and flat_s < patience:
            return Standing.MOVING
        return Standing.STUCK if self.whole else Standing.CUT

    def goal_of(self, looks: Sequence[Look]) -> str | None:
        """Return the commit that is awaited: the announced one, else what most of the newest answers serve."""
        if self.goal is not None:
            return self.goal
        last = [one.commit for one in looks[-1].votes if one.commit]
        return max(sorted(set(last)), key=last.count) if last else None

    def _settled(self, looks: Sequence[Look]) -> bool:
        """Tell whether the newest looks, as many of them as it takes, carry the goal on their own."""
        goal = self.goal_of(looks)
        if goal is None or not any(one.commit for one in looks[-1].votes):
            return False
        # Every further look is another chance to miss the one that stays behind, so it has to show more.
        needed = max(self.size, samples_needed(self.share, MISS / len(looks)))
        carrying = streak(looks, goal)
        return any(self._carried(carrying[first:], needed) for first in reversed(range(len(carrying))))

    def _carried(self, carrying: Sequence[Look], needed: int) -> bool:
        votes = [one for look in carrying for one in look.votes]
        if sum(1 for one in votes if one.commit) < needed:
            return False
        if any(not one.answered for one in votes) and not _bearable(carrying, 1 / self.replicas):
            return False
        met = {one.replica for one in votes if one.replica and one.commit}
        waited = carrying[-1].elapsed_s - carrying[0].elapsed_s
        return not met or len(met) >= self.replicas or waited >= min(self.stuck_after_s, self.limit_s)

    def _superseded(self, looks: Sequence[Look]) -> bool:
        """Everything serves a commit that is neither announced nor the one before, and came after the announced one."""
        if self.goal is None or len(looks) < 2:  # noqa: PLR2004 - there must be a before
            return False
        last = {one.commit for one in looks[-1].votes if one.commit}
        if len(last) != 1 or last & {self.goal, self.previous} or any(not one.commit for one in looks[-1].votes):
            return False
        first_goal, first_other = _first_seen(looks, self.goal), _first_seen(looks, next(iter(last)))
        return first_goal is not None and first_other is not None and first_goal < first_other

    def _not_begun(self, looks: Sequence[Look], moves: Sequence[float]) -> bool:
        """Nothing but one other commit was ever served: the rollout may just not have begun."""
        seen = {one.commit for look in looks for one in look.votes}
        if moves or self.goal is None or self.goal in seen:
            return False
        return len(seen - {None}) == 1 and not _mostly_silent(looks[-1])


def streak(looks: Sequence[Look], goal: str | None) -> list[Look]:
    """Return the newest looks in a row in which nobody spoke for anything but *goal*."""
    agreeing: list[Look] = []
    for look in reversed(looks):
        if any(one.answered and one.commit != goal for one in look.votes):
            break
        agreeing.insert(0, look)
    return agreeing


def _bearable(carrying: Sequence[Look], share: float) -> bool:
    """Tell whether the unanswered samples of a streak are no more than ambient noise, in all and in the newest look."""
    samples = [[Sample(one.silent, one.replica) for one in look.votes] for look in carrying]
    return (
        read([[one for look in samples for one in look]], share) is Reading.HEALTHY
        and read([samples[-1]], share) is not Reading.FAULTY
    )


def _first_seen(looks: Sequence[Look], commit: str | None) -> int | None:
    return next((place for place, look in enumerate(looks) if any(one.commit == commit for one in look.votes)), None)


def _mostly_silent(look: Look) -> bool:
    return 2 * sum(1 for one in look.votes if one.commit is None) > len(look.votes)


def _gaps(moves: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(moves)]
