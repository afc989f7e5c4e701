"""One look at an environment, as the alerts see it: made from a verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from smoke.outputs.untrusted import one_line
from smoke.verdict.release import same_commit
from smoke.verdict.words import Cause, Outcome, Severity, Word

VerdictJson = Mapping[str, Any]
"""What `verdict.json` holds."""

COMMIT_LENGTH = 64
"""Characters of the longest name of a commit."""

NOT_TO_JUDGE = frozenset({Cause.MAINTENANCE, Cause.SUPERSEDED})
"""Causes that say neither good nor bad: somebody is at work."""

FELT = frozenset({Cause.RELEASE, Cause.PREEXISTING, Cause.DEPENDENCY})
"""Causes of what users feel. That a fault is old, or somebody else's, is no comfort to them."""


class Standing(StrEnum):
    """What one look says about the environment."""

    SOUND = "sound"
    FAILING = "failing"
    UNCLEAR = "unclear"
    ASIDE = "aside"
    """Neither good nor bad: a deploy or a maintenance was going on."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One check that did not pass, in words."""

    check: str
    cause: str
    message: str
    service: str | None = None
    reproduce: str = ""


@dataclass(frozen=True, slots=True)
class Blame:
    """The evidence that a release which had passed is at fault all the same."""

    commit: str
    previous: str | None
    passed_at: float
    last_sound_at: float
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """
    One look; *began_at* and *ended_at* are epoch seconds.

    *commit* is what was live, None when nobody told or services differed. *confirms* marks the second look that was
    taken at once, to confirm a first failure. *severity* is that of the gravest incident that the environment declares
    and the verdict is.
    """

    run_id: str
    environment: str
    began_at: float
    ended_at: float
    standing: Standing
    troubles: tuple[Trouble, ...] = ()
    commit: str | None = None
    confirms: bool = False
    blame: Blame | None = None
    severity: Severity | None = None

    @property
    def checks(self) -> tuple[str, ...]:
        """The ids of the checks that did not pass."""
        return tuple(one.check for one in self.troubles)


def look_of(verdict: VerdictJson, *, confirms: bool = False) -> Look:
    """Return the look that a verdict stands for."""
    standing, troubles = _standing(verdict)
    return Look(
        run_id=verdict["run_id"],
        environment=verdict["environment"],
        began_at=epoch(verdict["started_at"]),
        ended_at=epoch(verdict["finished_at"]),
        standing=standing,
        troubles=troubles,
        commit=live_commit(verdict),
        confirms=confirms,
        severity=_gravest(verdict),
    )


def epoch(moment: str) -> float:
    """Return the epoch seconds of a verdict's time."""
    return datetime.fromisoformat(moment).timestamp()


def live_commit(verdict: VerdictJson) -> str | None:
    """Return the one commit that every service served, in its longest spelling; None if there was no such one."""
    told = [commit for census in verdict["release"]["observed"].values() for commit in census.get("commits", {})]
    longest = max(told, key=len, default=None)
    if longest is None or not all(same_commit(longest, one) for one in told):
        return None
    return one_line(longest, COMMIT_LENGTH)  # a target may name it as it likes


def _gravest(verdict: VerdictJson) -> Severity | None:
    declared = [Severity(one["severity"]) for one in verdict.get("incidents", ())]
    return max(declared, key=lambda one: one.rank, default=None)


def _standing(verdict: VerdictJson) -> tuple[Standing, tuple[Trouble, ...]]:
    felt = tuple(_felt(verdict))
    if felt:
        return Standing.FAILING, felt
    if verdict["verdict"] == Word.PASS:
        return Standing.SOUND, ()
    reasons = tuple(_reasons(verdict))
    if reasons and all(one.cause in NOT_TO_JUDGE for one in reasons):
        return Standing.ASIDE, reasons
    return Standing.UNCLEAR, reasons


def _felt(verdict: VerdictJson) -> Iterator[Trouble]:
    """Yield what users feel; a third party that may be down is not among it when the verdict passes."""
    passed = verdict["verdict"] == Word.PASS
    if any(one["cause"] == Cause.SUPERSEDED for one in verdict["reasons"]):
        return
    for one in verdict["checks"]:
        excused = passed and one["cause"] == Cause.DEPENDENCY
        if one["gating"] and one["outcome"] == Outcome.FAILED and one["cause"] in FELT and not excused:
            yield Trouble(one["id"], one["cause"], one["message"], one["service"], one["reproduce"])


def _reasons(verdict: VerdictJson) -> Iterator[Trouble]:
    if not verdict["reasons"]:
        yield Trouble("verdict", Cause.SUITE, verdict["summary"])
    for one in verdict["reasons"]:
        yield Trouble(one["check"], one["cause"], one["message"])
