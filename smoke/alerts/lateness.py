"""Whether a failure belongs to a release that had passed: the late failure, which calls for a rollback all the same."""

from collections.abc import Mapping
from dataclasses import dataclass

from smoke.alerts.look import Blame, Look, Standing
from smoke.verdict.release import same_commit
from smoke.verdict.words import Cause


@dataclass(frozen=True, slots=True)
class Watched:
    """A release that passed at *passed_at* and is under watch until *until* (epoch seconds)."""

    commit: str
    previous: str | None
    passed_at: float
    until: float


def blame(release: Watched | None, look: Look, last_sound: Mapping[str, float]) -> Blame | None:
    """
    Return the evidence against *release*, or None.

    *last_sound* tells when each check last passed. Only what the release is the cause of counts, only while it is live
    and under watch, and only checks that passed with it, at the gate or later: what never passed it did not break.
    """
    if release is None or look.standing is not Standing.FAILING or not same_commit(look.commit, release.commit):
        return None
    if look.began_at > release.until:
        return None
    guilty = [one.check for one in look.troubles if one.cause == Cause.RELEASE]
    sound = {check: last_sound[check] for check in guilty if last_sound.get(check, 0.0) >= release.passed_at}
    if not sound:
        return None
    return Blame(
        commit=release.commit,
        previous=release.previous,
        passed_at=release.passed_at,
        last_sound_at=max(sound.values()),
        checks=tuple(sound),
    )
