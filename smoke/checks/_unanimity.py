"""Judge censuses that were taken after the rollout had settled: they have to be unanimous."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smoke.checks._cache_contents import PURGE
from smoke.checks._census import (
    NO_OP,
    Electorate,
    Vote,
    census_facts,
    commits,
    only_earlier,
    short,
)
from smoke.checks._sampled import locate
from smoke.checks._stale_pages import cache_lags, stale_page
from smoke.verdict.finding import Judgement
from smoke.verdict.release import normalise
from smoke.verdict.tally import Reading, Sample, read
from smoke.verdict.words import Cause, Outcome

OTHER_COMMIT = "other commit served"
"""The signature of a census with a vote for another commit."""


ADVICE = "let the build write its commit where the environment file says that it lies"
"""What to do when a release does not name its commit."""


@dataclass(frozen=True, slots=True)
class Unanimity:
    """
    What a census is held against: *goal* is the commit that is due, None if any will do; *earlier* were live before.

    A vote for another commit is no noise, so the newest census must have none. Whether it means that the release
    is at fault depends on the commit: the previous one says that the release was undone or never came everywhere, one
    that is neither announced nor previous appeared after the release had settled, so another deploy is under way.
    """

    electorate: Electorate
    goal: str | None
    earlier: Collection[str] = ()

    @property
    def expected(self) -> str:
        """What is due, in words."""
        return f"{short(self.goal)} in every answer" if self.goal else "one commit in every answer"

    def judge(self, censuses: Sequence[Sequence[Vote]], transport: Mapping[str, Any]) -> Judgement:
        """Judge *censuses*, the newest last; pure."""
        last = censuses[-1]
        facts = {**transport, "census": census_facts(last)}
        if last and all(one.untold for one in last):
            return untold(last[0].silent or "", self.expected, facts, optional=self.electorate.probe.optional)
        samples = [[Sample(self._wrong(one), one.replica) for one in votes] for votes in censuses]
        if any(self.astray(one) for one in last):
            return self._astray(last, samples[-1], facts)
        reading = read(samples, self.electorate.service.share)
        if reading is Reading.HEALTHY:
            return self._passed(censuses, facts)
        return self._silent(reading, samples, facts)

    def astray(self, vote: Vote) -> bool:
        """Tell whether a vote is for anything but the goal; one that did not come is no such thing."""
        return vote.untold or (vote.commit is not None and vote.commit != self.goal)

    def _astray(self, last: Sequence[Vote], samples: Sequence[Sample], facts: dict[str, Any]) -> Judgement:
        strays = [one for one in last if self.astray(one)]
        found = f"{_commonest(samples)} {locate(samples)}"
        facts["signature"] = OTHER_COMMIT
        previous = normalise(self.electorate.release.replaced)
        if self.goal is not None and cache_lags(last, self.goal):
            found, facts["remedy"] = stale_page(last, self.goal, previous), PURGE
            return Judgement(Outcome.FAILED, found, Cause.RELEASE, self.expected, found, facts)
        known = {None, previous, *self.earlier}
        newer = self.electorate.release.commit is not None and all(one.commit not in known for one in strays)
        if newer:
            message = f"another deploy has begun since: {found}"
            return Judgement(Outcome.UNDECIDED, message, Cause.SUPERSEDED, self.expected, found, facts)
        if only_earlier(last, {one for one in known if one}):
            facts["remedy"] = NO_OP
        return Judgement(Outcome.FAILED, found, Cause.RELEASE, self.expected, found, facts)

    def _silent(self, reading: Reading, samples: Sequence[Sequence[Sample]], facts: dict[str, Any]) -> Judgement:
        last = samples[-1] if any(one.fault for one in samples[-1]) else [one for each in samples for one in each]
        fault = facts["signature"] = _commonest(last)
        message = f"{fault} {locate(last)}"
        if reading is Reading.FAULTY:
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self.expected, message, facts)
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self.expected, message, facts, unclear=True)

    def _passed(self, censuses: Sequence[Sequence[Vote]], facts: dict[str, Any]) -> Judgement:
        votes = [one for each in censuses for one in each]
        right = sum(1 for one in votes if one.commit is not None and one.commit == self.goal)
        message = f"{right} of {len(votes)} answers come from {short(self.goal or '')}"
        strays = sum(1 for one in votes if self.astray(one))
        if strays:
            facts["noted"] = f"{strays} of the first answers came from another commit"
            message = f"{message}; {facts['noted']}"
        return Judgement(Outcome.PASSED, message, None, self.expected, message, facts)

    def _wrong(self, vote: Vote) -> str | None:
        if vote.commit is None:
            return vote.silent
        return None if vote.commit == self.goal else f"{self._name(vote.commit)} served"

    def _name(self, commit: str) -> str:
        release = self.electorate.release
        is_replaced = commit == normalise(release.replaced)
        return f"{release.replaced_is_called} {short(commit)}" if is_replaced else short(commit)


def untold(found: str, expected: str, facts: Mapping[str, Any], *, optional: bool) -> Judgement:
    """
    Return that no answer tells a commit: a doubt, or where the environment file allows it nothing to compare; pure.

    Either is taken back where the baseline shows that the commit was told before the deploy.
    """
    facts = {**facts, "untold": True}
    if optional:
        message = f"{found}, so that its release was not compared; {ADVICE}"
        return Judgement(Outcome.SKIPPED, message, None, expected, found, {**facts, "waived": "untold"})
    return Judgement(Outcome.UNDECIDED, f"{found}; {ADVICE}", Cause.SUITE, expected, found, facts, unclear=True)


def goal_of(electorate: Electorate, votes: Sequence[Vote]) -> str | None:
    """Return the announced commit, else what most of *votes* are for; never one that was rolled back."""
    unwanted = normalise(electorate.release.condemned)
    return normalise(electorate.release.commit) or next((one for one in commits(votes) if one != unwanted), None)


def _commonest(samples: Sequence[Sample]) -> str:
    faults = [one.fault for one in samples if one.fault]
    return max(sorted(set(faults)), key=faults.count) if faults else "no answer"
