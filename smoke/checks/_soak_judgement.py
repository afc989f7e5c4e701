"""Judge what was seen while a service was watched on; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from smoke.checks._census import Vote
from smoke.checks._leaks import Level, climbs, each_request, leaking
from smoke.checks._outbreaks import Beat, Outbreak, once_good, outbreaks
from smoke.checks._unanimity import Unanimity
from smoke.checks._uptime import TOLERANCE_S, Start, describe, newcomers, restarted
from smoke.verdict.finding import Judgement
from smoke.verdict.tally import Reading, Sample, read
from smoke.verdict.words import Cause, Outcome

STRAY_LOOKS = 2
"""A vote for another commit is asked for again in the next look; a straggler of the rollout shows but once."""

SPREAD_SHARE = 0.1
"""Failures that never come close together are a fault when about so many of all requests fail."""

ENOUGH = 0.5
"""The part of the time that has to be covered at least."""


LEAST_LOOKS = 0.25
"""The part of the looks that the time has room for, and that are made at least: between few of them much can hide."""


@dataclass(slots=True)
class Watched:
    """
    What a soak saw of one service.

    *votes* are those of each look; *began_at* is epoch seconds, *deployed_at* likewise. *planned_s* is what was to be
    covered and *covered_s* what was, *every_s* the pause between looks; *needed* samples it takes at least; *stopped*
    says why it ended before its time.
    """

    unanimity: Unanimity | None
    began_at: float
    planned_s: float
    needed: int = 1
    every_s: float | None = None
    deployed_at: float | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    beats: list[Beat] = field(default_factory=list)
    votes: list[tuple[Vote, ...]] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    covered_s: float = 0.0
    stopped: str | None = None

    @property
    def failed_before(self) -> float:
        """The share of samples that failed before the deploy."""
        return float(self.before.get("failed_share", 0.0))

    @property
    def good_beats(self) -> list[Beat]:
        """The samples that count."""
        return once_good(self.beats)

    @property
    def told_enough(self) -> bool:
        """Whether there are as many samples as it takes to meet one bad replica, from looks all over the time."""
        looks = len({one.look for one in self.beats})
        least = LEAST_LOOKS * self.planned_s / self.every_s if self.every_s else 1
        return len(self.beats) >= self.needed and looks >= least

    @property
    def uneasy(self) -> bool:
        """Whether most of the newest look failed."""
        newest = [one for one in self.good_beats if one.look == len(self.votes) - 1]
        return 2 * sum(1 for one in newest if one.fault) > len(newest)

    def strays(self) -> list[int]:
        """Return the looks in which another commit was served."""
        goal = self.unanimity.goal if self.unanimity else None
        return [at for at, votes in enumerate(self.votes) if any(one.commit not in {None, goal} for one in votes)]

    def outbreaks(self) -> list[Outbreak]:
        """Return the outbreaks in which clearly more failed than before the deploy."""
        found = outbreaks(self.good_beats)
        return [one for one in found if _failed_share(one.beats) > 2 * self.failed_before]

    def when(self, at_s: float) -> str:
        """Say when something began: `6.3 s after it had settled, 8.1 s after the deploy began`."""
        settled = f"{at_s:.1f} s after it had settled"
        if self.deployed_at is None or self.deployed_at > self.began_at:
            return settled
        return f"{settled}, {self.began_at + at_s - self.deployed_at:.0f} s after the deploy began"


@dataclass(frozen=True, slots=True)
class Concern:
    """What speaks against a release; *sure* tells that watching on would change nothing."""

    judgement: Judgement
    sure: bool


EXPECTED = "the same release in the same processes, answering all the time"


def concern(watched: Watched) -> Concern | None:
    """Return the gravest concern so far, if there is one."""
    return _other_commit(watched) or _restart(watched) or _outbreak(watched)


def judge_soak(watched: Watched, transport: dict[str, Any]) -> Judgement:
    """Judge the whole soak; *transport* is evidence from when trouble began."""
    found = concern(watched)
    if found is not None and (found.sure or watched.stopped is None):
        judgement = found.judgement
    else:
        judgement = _leak(watched) or _spread(watched) or _passed(watched)
    measured = {"failed_share": _failed_share(watched.good_beats)}
    each = each_request(watched.levels)
    told = {**measured, **({} if each is None else {"memory_each": each})}
    return replace(judgement, facts={**transport, **judgement.facts, "measured": told})


def trouble_began_s(watched: Watched) -> float:
    """Return when the first failure of the last outbreak was seen, 0 without one."""
    found = watched.outbreaks()
    return found[-1].began_s if found else 0.0


def _other_commit(watched: Watched) -> Concern | None:
    strays = watched.strays()
    if watched.unanimity is None or len(strays) < STRAY_LOOKS:
        return None
    judgement = watched.unanimity.judge([watched.votes[strays[-1]]], {})
    facts = {key: value for key, value in judgement.facts.items() if key != "census"}
    back = strays[-1] < len(watched.votes) - STRAY_LOOKS
    how = "the release comes and goes" if back else "the release did not stay"
    message = judgement.message
    if judgement.outcome is Outcome.FAILED:
        message = f"{how}: {message}"
    at_s = _at(watched, strays[0])
    facts["explains"] = True
    return Concern(replace(judgement, message=f"{message}, from {watched.when(at_s)}", facts=facts), sure=True)


def _restart(watched: Watched) -> Concern | None:
    changed = restarted(watched.starts)
    if not changed and newcomers(watched.starts) < 2:  # noqa: PLR2004 - one newcomer may be scaling up
        return None
    born = [one.started_at - watched.began_at for one in watched.starts if one.started_at is not None]
    first = min((one for one in born if one > 0), default=0.0)
    what = describe(changed) if changed else "several processes started during the verification"
    failed = sum(1 for one in watched.good_beats if one.fault)
    besides = f"; {failed} of {len(watched.good_beats)} answers failed" if failed else ""
    climbed = [one for one in climbs(watched.levels) if one.leaks]
    besides += f"; its memory had climbed before: {climbed[0]}" if climbed else ""
    message = f"{what}, first {watched.when(first)}{besides}"
    facts = {"signature": "restarts", "explains": True}
    return Concern(Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, message, facts), sure=True)


def _outbreak(watched: Watched) -> Concern | None:
    found = watched.outbreaks()
    lasting = next((one for one in found if one.lasting), None)
    if lasting is not None:
        return Concern(_failed(watched, lasting, f"{_told(lasting)}, from {watched.when(lasting.began_s)}"), sure=True)
    if len(found) > 1:
        message = f"{len(found)} bursts of failures, the first ({_told(found[0])}) {watched.when(found[0].began_s)}"
        return Concern(_failed(watched, found[0], message), sure=True)
    if found and not found[0].over:
        return Concern(_failed(watched, found[0], f"{_told(found[0])}, {watched.when(found[0].began_s)}"), sure=False)
    return None


def _failed(watched: Watched, outbreak: Outbreak, message: str) -> Judgement:
    share = _failed_share([one for one in watched.good_beats if one.at_s >= outbreak.began_s])
    facts = {"signature": outbreak.fault, "failed_share": share, "explains": True}
    return Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, outbreak.fault, facts)


def _told(outbreak: Outbreak) -> str:
    return f"{outbreak.fault} in {outbreak.failed} of {len(outbreak.beats)} samples"


def _leak(watched: Watched) -> Judgement | None:
    """Judge a memory that climbs with every request, on most replicas, as it did not before the deploy."""
    found = leaking(watched.levels, watched.before)
    if not found:
        return None
    message = f"memory climbs with the requests and does not stop: {found[0]}, before the deploy it did not"
    facts = {"signature": "memory climbs", "explains": True}
    return Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, str(found[0]), facts)


def _spread(watched: Watched) -> Judgement | None:
    """Judge failures that never come close together, by their number over the whole time."""
    beats = watched.good_beats
    samples = [Sample(one.fault) for one in beats]
    share = _failed_share(beats)
    if not samples or read([samples], SPREAD_SHARE) is not Reading.FAULTY or share <= 2 * watched.failed_before:
        return None
    fault = max((one.fault for one in beats if one.fault), key=[one.fault for one in beats].count)
    failed = sum(1 for one in beats if one.fault)
    message = f"{fault} now and then: {failed} of {len(beats)} samples failed, over the whole time"
    facts = {"signature": fault, "failed_share": share}
    return Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, message, facts)


def _passed(watched: Watched) -> Judgement:
    covered = f"{watched.covered_s:.0f} s" if watched.covered_s >= 1 else f"{watched.covered_s:.1f} s"
    if watched.stopped is not None:
        message = f"watched for {covered} of {watched.planned_s:g} s only: {watched.stopped}"
        return Judgement(Outcome.SKIPPED, message, Cause.SUITE, EXPECTED, facts={"unmade": "condemned"})
    if watched.covered_s < ENOUGH * watched.planned_s:
        message = (
            f"the budget left only {covered} of the {watched.planned_s:g} s to watch; raise it, or lower soak.lasts_s"
        )
        return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, EXPECTED, message)
    if not watched.told_enough:
        message = f"only {len(watched.beats)} answers in {covered}, too few to tell; raise the budget"
        return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, EXPECTED, message)
    notes = list(_notes(watched))
    message = "; ".join([f"watched for {covered}, {len(watched.beats)} answers", *notes])
    facts = {"noted": "; ".join(notes)} if notes else {}
    return Judgement(Outcome.PASSED, message, None, EXPECTED, message, facts)


def _notes(watched: Watched) -> Sequence[str]:
    notes = []
    failed = [one for one in watched.good_beats if one.fault]
    if failed:
        found = watched.outbreaks()
        what = f"a short burst, {_told(found[0])}, {watched.when(found[0].began_s)}" if found else str(failed[0].fault)
        notes.append(f"{what}, not seen again" if found else f"{what} in {len(failed)} of {len(watched.beats)} samples")
    climbed = [one for one in climbs(watched.levels) if one.leaks]
    if climbed:
        notes.append(f"memory climbs: {climbed[0]}")
    if newcomers(watched.starts):
        notes.append("a process started meanwhile: scaled up, or restarted once")
    if watched.covered_s < watched.planned_s - TOLERANCE_S:
        notes.append(f"the budget left no time for the other {watched.planned_s - watched.covered_s:.0f} s")
    return notes


def _at(watched: Watched, look: int) -> float:
    return next((one.at_s for one in watched.beats if one.look == look), 0.0)


def _failed_share(beats: Sequence[Beat]) -> float:
    return round(sum(1 for one in beats if one.fault) / len(beats), 3) if beats else 0.0
