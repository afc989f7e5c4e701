"""Tell a rollout that is still moving from one that is stuck; pure."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from smoke.checks._movement import WINDOW, Look, movements
from smoke.checks._stale_pages import cache_lags
from smoke.verdict.release import is_newer
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
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Rollout:
    """
    What is awaited of one service.

    *goal* is the commit that must be served, None if any will do so long as all agree; *version* is what it calls
    itself. *limit_s* is how long it is watched; *whole* is False if the budget does not leave all the time that the
    environment grants. *condemned* says that *previous* was rolled back, so that it will not do even where any would.
    *optional* tells that the service may leave its commit out; *silent_before* that it did so before the deploy.
    """

    goal: str | None
    previous: str | None
    size: int
    share: float
    replicas: int
    stuck_after_s: float
    limit_s: float
    whole: bool = True
    version: str | None = None
    condemned: bool = False
    optional: bool = False
    silent_before: bool = False

    def standing(self, looks: Sequence[Look]) -> Standing:
        """Return where the rollout stands after *looks*, the newest last."""
        if self._settled(looks):
            return Standing.SETTLED
        if self._superseded(looks):
            return Standing.SUPERSEDED
        if self._tells_nothing(looks):
            return Standing.STUCK
        elapsed, goal = looks[-1].elapsed_s, self.goal_of(looks)
        moves = movements(looks, goal, self.replicas)
        patience = max([self.stuck_after_s, *(_PATIENCE * gap for gap in _gaps(moves))])
        # What a cache holds ends on a day of its own, however long nothing moves before; its end is a movement.
        behind = [look.elapsed_s for look in looks if cache_lags(look.votes, goal)]
        lags = behind[-1:] == [elapsed]
        moved = max([*moves[-1:], *(behind[-1:] if not lags else [])], default=None)
        flat_s = elapsed - (moved or 0.0)
        rests = not lags and not self._not_begun(looks, moves) and flat_s >= patience
        if elapsed < self.limit_s and (not rests or _closed_for_now(looks[-1])):
            return Standing.UNDER_WAY
        if not rests and moved is not None and flat_s < patience:
            return self._turned(looks) or Standing.MOVING
        return self._turned(looks) or (Standing.STUCK if rests or self.whole else Standing.CUT)

    def goal_of(self, looks: Sequence[Look]) -> str | None:
        """Return the commit that is awaited: the announced one, else what most of the newest answers serve."""
        if self.goal is not None:
            return self.goal
        unwanted = self.previous if self.condemned else None
        last = [one.commit for one in looks[-1].votes if one.commit and one.commit != unwanted]
        return max(sorted(set(last)), key=last.count) if last else None

    def earlier(self, looks: Sequence[Look]) -> frozenset[str]:
        """Return the commits that were live before the announced one: the previous one, and what was seen first."""
        arrived = _first_seen(looks, self.goal)
        seen = {one.commit for look in looks[:arrived] for one in look.votes} if arrived is not None else set()
        return frozenset(one for one in (*seen, self.previous) if one is not None and one != self.goal)

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
        """
        Every answer serves one commit that is neither announced nor was live before.

        It is a newer release if it came after the announced one, or if its version says so. Otherwise it may be the
        wrong build that this deploy brought.
        """
        votes = looks[-1].votes
        served = {one.commit for one in votes}
        if self.goal is None or len(served) != 1 or served & {None, self.goal, *self.earlier(looks)}:
            return False
        if all(is_newer(one.version, self.version) for one in votes):
            return True
        return self._came_later(looks, served)

    def _overtaken(self, looks: Sequence[Look]) -> bool:
        """Nothing earlier is left, and beside the announced commit stands one that came after it."""
        served = {one.commit for one in looks[-1].votes if one.commit}
        others = served - {self.goal}
        return self.goal is not None and bool(others) and self._came_later(looks, others)

    def _tells_nothing(self, looks: Sequence[Look]) -> bool:
        """
        The service need not tell its commit, has not in any answer so far, and nothing lets one be expected.

        Nothing does where none was told before the deploy either, or where no commit is announced.
        """
        expected = not self.optional or not (self.silent_before or self.goal is None)
        if expected or not looks[-1].votes or not all(one.untold for one in looks[-1].votes):
            return False
        return not any(one.commit for look in looks for one in look.votes)

    def _withdrawn(self, looks: Sequence[Look]) -> bool:
        """The announced commit was served, and in the newest looks nothing but what was live before is."""
        last = {one.commit for look in looks[-WINDOW:] for one in look.votes if one.commit}
        spoken = any(one.commit for one in looks[-1].votes)
        return spoken and last <= self.earlier(looks) and _first_seen(looks, self.goal) is not None

    def _turned(self, looks: Sequence[Look]) -> Standing | None:
        """Return where the rollout led if it was not to its goal: back, or further on."""
        if self._withdrawn(looks):
            return Standing.WITHDRAWN
        return Standing.SUPERSEDED if self._overtaken(looks) else None

    def _came_later(self, looks: Sequence[Look], commits: AbstractSet[str | None]) -> bool:
        arrived = _first_seen(looks, self.goal)
        firsts = [_first_seen(looks, one) for one in commits]
        return arrived is not None and all(first is not None and arrived < first for first in firsts)

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


def _closed_for_now(look: Look) -> bool:
    """Tell whether everything that answers asks to come back later: who closes for a migration says so."""
    answers = [one for one in look.votes if one.reached]
    return bool(answers) and all(one.later for one in answers)


def _gaps(moves: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(moves)]
