"""Judge a watched rollout, and say in one sentence how far it came."""

from collections.abc import Mapping, Sequence
from typing import Any

from smoke.checks._cache_contents import PURGE
from smoke.checks._census import (
    NO_OP,
    Vote,
    by_replica,
    census_facts,
    commits,
    only_earlier,
    short,
)
from smoke.checks._login_wall import Wall
from smoke.checks._movement import Look, share_of
from smoke.checks._progress import Rollout, Standing, streak
from smoke.checks._stale_pages import cache_lags, stale_page
from smoke.checks._unanimity import untold
from smoke.verdict.finding import Judgement
from smoke.verdict.release import long_tag
from smoke.verdict.words import Cause, Outcome

_LONGEST_TIMELINE = 60


def judge_rollout(facts: Mapping[str, Any]) -> Judgement:
    """Judge what `ConvergeCheck` has watched; pure."""
    looks: Sequence[Look] = facts["looks"]
    rollout: Rollout = facts["rollout"]
    standing = rollout.standing(looks)
    kept = {**facts["transport"], **_evidence(rollout, looks, standing)}
    if standing is Standing.SETTLED:
        return _settled(rollout, looks, kept)
    if facts.get("wall"):
        return _walled(facts["wall"], rollout, kept)
    goal, votes = rollout.goal_of(looks), facts.get("held") or looks[-1].votes
    if standing is Standing.STUCK and goal is not None and cache_lags(votes, goal):
        found = stale_page(votes, goal, rollout.previous)
        message = f"{found} (waited {looks[-1].elapsed_s:.0f} s)"
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, _expected(rollout), found, {**kept, "remedy": PURGE})
    return _unsettled(rollout, looks, standing, kept)


def who_serves_what(rollout: Rollout, votes: Sequence[Vote], goal: str | None) -> str:
    """Say who does not serve *goal*, by replica where replicas name themselves."""
    served = commits(votes)
    if not served:
        return _silent(votes)
    if len(served) == 1 and goal not in served and all(one.commit for one in votes):
        return f"every replica serves {_named(next(iter(served)), rollout)}"
    astray = [
        f"replica {name} serves {' and '.join(_named(one, rollout) for one in sorted(what))}"
        for name, what in by_replica(votes).items()
        if what != {goal}
    ]
    if astray:
        return ", ".join(astray)
    total = len(votes)
    others = [
        f"{count} of {total} answers come from {_named(one, rollout)}" for one, count in served.items() if one != goal
    ]
    silent = sum(1 for one in votes if one.commit is None)
    return ", ".join([*others, *([f"{silent} of {total} samples: {_commonest_silence(votes)}"] if silent else [])])


def _walled(wall: Wall, rollout: Rollout, facts: dict[str, Any]) -> Judgement:
    message = (
        f"every address of the environment answers with {wall.answer}: a login wall stands before it, so nothing of "
        "the release was seen"
    )
    facts["shut"] = not (wall.foreign or wall.uniform)
    facts["decider"] = "give the verifier a way through the wall (an allowed address, a bypass), then verify again"
    return Judgement(Outcome.UNDECIDED, message, Cause.CREDENTIALS, _expected(rollout), wall.answer, facts)


def _settled(rollout: Rollout, looks: Sequence[Look], facts: dict[str, Any]) -> Judgement:
    goal, last = rollout.goal_of(looks) or "", looks[-1]
    met = {one.replica for look in looks for one in look.votes if one.replica and one.commit == goal}
    everybody = len(met) >= rollout.replicas
    who = f"{len(met)} of {len(met)} replicas serve" if everybody else "every answer comes from"
    message = f"{who} {short(goal)}" + (f" after {last.elapsed_s:.1f} s" if len(looks) > 1 else "")
    notes = _notes(rollout, looks, len(met))
    if met and not everybody:
        message = f"{message}; only {len(met)} of {rollout.replicas} replicas were met"
    if notes:
        facts["noted"] = "; ".join(notes)
    return Judgement(Outcome.PASSED, message, None, _expected(rollout), message, facts)


def _unsettled(rollout: Rollout, looks: Sequence[Look], standing: Standing, facts: dict[str, Any]) -> Judgement:
    last, goal = looks[-1], rollout.goal_of(looks)
    found = _what_is_wrong(rollout, looks, goal)
    expected, waited = _expected(rollout), f"{last.elapsed_s:.0f} s"
    if standing is Standing.WITHDRAWN:
        message = f"the release was withdrawn: {found} again after {waited}, and had served the announced one before"
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, expected, found, facts)
    if standing is Standing.SUPERSEDED:
        message = f"a newer release has taken over: {found}"
        return Judgement(Outcome.UNDECIDED, message, Cause.SUPERSEDED, expected, found, facts)
    if standing is Standing.MOVING:
        message = f"the rollout is still in progress after {waited}: {found}"
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, expected, found, facts)
    if standing is Standing.CUT:
        message = f"the budget left only {rollout.limit_s:.0f} s to wait for the rollout: {found}"
        return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, expected, found, facts)
    if last.votes and all(one.untold for one in last.votes) and not _ever_told(looks):
        return untold(_awaited(rollout, found, waited), expected, facts, optional=rollout.optional)
    back = "; it had served the release before" if _went_back(rollout, looks) else ""
    explained = long_tag(rollout.version) if not _ever_met(rollout, looks) else None
    message = "; ".join([f"{found} (waited {waited}){back}", *([explained] if explained else [])])
    return Judgement(Outcome.FAILED, message, Cause.RELEASE, expected, found, facts)


def _awaited(rollout: Rollout, found: str, waited: str) -> str:
    """Say for how long a commit was waited for that need not be told."""
    if not rollout.optional:
        return found
    if rollout.silent_before:
        return f"{found}, nor was one before the deploy, so that none was waited for"
    if rollout.goal is None:
        return f"{found}, and none is announced, so that none was waited for"
    return f"{found} (waited {waited}; after `smoke prime` it is known that none is told, and not waited for)"


def _what_is_wrong(rollout: Rollout, looks: Sequence[Look], goal: str | None) -> str:
    """Say who does not serve *goal*: of the newest look, or of all of them where that one alone was spotless."""
    every = [one for look in looks for one in look.votes]
    return who_serves_what(rollout, looks[-1].votes, goal) or who_serves_what(rollout, every, goal)


def _evidence(rollout: Rollout, looks: Sequence[Look], standing: Standing) -> dict[str, Any]:
    goal, last = rollout.goal_of(looks), looks[-1]
    settled = standing is Standing.SETTLED
    votes = [one for look in streak(looks, goal) for one in look.votes] if settled else last.votes
    evidence: dict[str, Any] = {
        "census": census_facts(votes),
        "standing": standing.value,
        "timeline": [[round(one.elapsed_s, 1), round(share_of(goal, one), 3)] for one in looks[-_LONGEST_TIMELINE:]],
    }
    if rollout.goal is not None and rollout.earlier(looks):
        evidence["earlier"] = sorted(rollout.earlier(looks))
    if not settled and only_earlier(last.votes, rollout.earlier(looks)):
        evidence["remedy"] = NO_OP
    if not settled:
        evidence["signature"] = "other commit served" if commits(last.votes) else _commonest_silence(last.votes)
    return evidence


def _notes(rollout: Rollout, looks: Sequence[Look], met: int) -> list[str]:
    notes = []
    if _went_back(rollout, looks[:-1]):
        notes.append("the version went back and forth on the way")
    if 0 < met < rollout.replicas:
        notes.append(f"only {met} of {rollout.replicas} replicas were met")
    if any(one.edge for one in looks[-1].votes) and not any(one.commit and not one.edge for one in looks[-1].votes):
        notes.append("every answer came out of a cache, so the replicas behind it were not seen")
    return notes


def _went_back(rollout: Rollout, looks: Sequence[Look]) -> bool:
    """Tell whether the share of the announced commit fell to nothing after it had been served."""
    shares = [share_of(rollout.goal, one) for one in looks if any(vote.commit for vote in one.votes)]
    return rollout.goal is not None and any(shares) and not all(shares[shares.index(max(shares)) :])


def _ever_told(looks: Sequence[Look]) -> bool:
    return any(one.commit for look in looks for one in look.votes)


def _ever_met(rollout: Rollout, looks: Sequence[Look]) -> bool:
    return any(one.commit == rollout.goal for look in looks for one in look.votes)


def _silent(votes: Sequence[Vote]) -> str:
    what = _commonest_silence(votes)
    if votes and all(one.untold for one in votes):
        return what
    came = any(one.reached for one in votes)
    return f"no commit in any answer: {what}" if came else f"no replica answers: {what}"


def _commonest_silence(votes: Sequence[Vote]) -> str:
    silences = [one.silent for one in votes if one.silent]
    return max(sorted(set(silences)), key=silences.count) if silences else "no answer"


def _named(commit: str, rollout: Rollout) -> str:
    if commit == rollout.previous:
        return f"the {'condemned' if rollout.condemned else 'previous'} commit {short(commit)}"
    is_commit = commit == rollout.goal or " " not in commit
    return short(commit) if is_commit else f"no commit ({commit})"


def _expected(rollout: Rollout) -> str:
    return f"{short(rollout.goal)} on every replica" if rollout.goal else "the same commit on every replica"
