"""Does a verdict agree with itself? Its word must follow from its own checks, and its times from each other; pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from smoke.verdict.release import same_commit
from smoke.verdict.words import Cause, Outcome, Stage, Word

Verdict = Mapping[str, Any]
Check = Mapping[str, Any]

EXCUSED: Mapping[Outcome, set[Cause | None]] = {
    Outcome.FAILED: {Cause.PREEXISTING, Cause.DEPENDENCY, Cause.MAINTENANCE},
    Outcome.UNDECIDED: {Cause.PREEXISTING},
    Outcome.SKIPPED: {None},
}
"""Causes with which a required check that did not pass leaves a pass standing; a waived one has none."""

LOOK_AT_NOTHING = {Stage.CONVERGE, Stage.CONFIRM}
"""Stages that say what is live, not that it works."""


def contradiction(verdict: Verdict) -> str | None:
    """Return the first thing in which *verdict* contradicts itself, as half a sentence; None if it is sound."""
    return next(_contradictions(verdict), None)


def moment(verdict: Verdict, key: str) -> float | None:
    """Return the epoch seconds of a time of *verdict*; None if it says no certain moment."""
    try:
        read = datetime.fromisoformat(verdict[key])
        return read.timestamp() if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


def required(verdict: Verdict) -> list[Check]:
    """Return the checks that decide."""
    return [one for one in verdict["checks"] if one["gating"]]


def _contradictions(verdict: Verdict) -> Iterator[str]:
    yield from _times(verdict)
    counted = Counter(one["id"] for one in verdict["checks"])
    yield from (f"it holds {one} {times} times" for one, times in counted.items() if times > 1)
    yield from _reasons(verdict)
    if verdict["verdict"] == Word.PASS:
        yield from _pass(verdict)
    elif verdict["verdict"] == Word.FAIL:
        yield from _fail(verdict)


def _times(verdict: Verdict) -> Iterator[str]:
    began, ended = (moment(verdict, key) for key in ("started_at", "finished_at"))
    if began is None or ended is None:
        yield "its times are none"
    elif ended < began:
        yield "it says that it ended before it began"


def _reasons(verdict: Verdict) -> Iterator[str]:
    checks = {one["id"]: one for one in verdict["checks"]}
    for reason in verdict["reasons"]:
        check = checks.get(reason["check"])
        if check is None:
            yield f"its reason {reason['check']} is none of its checks"
        elif check["outcome"] == Outcome.PASSED:
            yield f"its reason {reason['check']} has passed"


def _pass(verdict: Verdict) -> Iterator[str]:
    for one in required(verdict):
        if one["outcome"] != Outcome.PASSED and one["cause"] not in EXCUSED[Outcome(one["outcome"])]:
            yield f"it says pass, but the required check {one['id']} is {one['outcome']}"
    passed = [one for one in required(verdict) if one["outcome"] == Outcome.PASSED]
    if not any(one["stage"] not in LOOK_AT_NOTHING for one in passed):
        yield "it says pass, but no required check that looks at the product has passed"
    yield from _observed(verdict)


def _observed(verdict: Verdict) -> Iterator[str]:
    release = verdict["release"]
    if release["expected"] is None:
        return
    seen = {service: [name for name, times in one["commits"].items() if times] for service, one in _censuses(verdict)}
    if not any(seen.values()):
        yield "it says pass, but not that anything served the commit"
    for service, commits in seen.items():
        others = [one for one in commits if not same_commit(one, release["expected"])]
        if others:
            yield f"it expected {release['expected'][:12]}, but saw {others[0][:40]} on {service}"


def _censuses(verdict: Verdict) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from verdict["release"]["observed"].items()


def _fail(verdict: Verdict) -> Iterator[str]:
    blamed = {one["check"] for one in verdict["reasons"] if one["cause"] == Cause.RELEASE}
    guilty = {
        one["id"] for one in required(verdict) if one["outcome"] == Outcome.FAILED and one["cause"] == Cause.RELEASE
    }
    if not blamed & guilty:
        yield "it says fail, but no required check failed by the release's fault"
