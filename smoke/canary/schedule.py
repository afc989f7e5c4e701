"""What is due, and when the canary stands aside; pure, the time is passed in."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from smoke.alerts.lateness import Watched
from smoke.alerts.sentences import clock
from smoke.environment.canary import Canary
from smoke.history.records import Deploy, Run, RunKind
from smoke.verdict.words import Word


@dataclass(frozen=True, slots=True)
class Known:
    """What the history knows of an environment: the canary's last run and the newest deploy."""

    last: Run | None = None
    deploy: Deploy | None = None


def due(canary: Canary, known: Known, now: float) -> RunKind | None:
    """
    Return what kind of look is due, or None.

    Starts lie on the clock's multiples of `every_s`, so those of several machines agree. However many were missed, one
    look makes up for them.
    """
    looked_at = known.last.began_at if known.last else -math.inf
    if any(looked_at < at <= now for at in _watch_times(canary, known.deploy)):
        return RunKind.WATCHING
    return RunKind.SCHEDULED if looked_at < _start_before(canary, now) else None


def next_at(canary: Canary, known: Known, now: float) -> float:
    """Return when the next look is due, at *now* or later."""
    if due(canary, known, now):
        return now
    watched = [at for at in _watch_times(canary, known.deploy) if at > now]
    return min([_start_before(canary, now) + canary.every_s, *watched])


def missed(canary: Canary, known: Known, now: float) -> int:
    """Return how many starts passed since the last run without one."""
    if known.last is None:
        return 0
    starts = (_start_before(canary, now) - _start_before(canary, known.last.began_at)) / canary.every_s
    return max(0, round(starts) - 1)


def stands_aside(canary: Canary, deploy: Deploy | None, now: float) -> str | None:
    """Return why there is nothing to look at, or None: a deploy that began is not verified yet, nor given up."""
    if deploy is None or deploy.ended_at is not None or now - deploy.begun_at >= canary.deploy_within_s:
        return None
    return f"a deploy is going on since {clock(deploy.begun_at, now)}"


def overlaps(canary: Canary, deploy: Deploy | None, began_at: float, ended_at: float) -> bool:
    """Tell whether a deploy went on during a run that had begun before it, or before its verification was over."""
    if deploy is None or deploy.begun_at > ended_at:
        return False
    if deploy.ended_at is None:
        return began_at - deploy.begun_at < canary.deploy_within_s
    return began_at < deploy.ended_at and deploy.verdict is not None


def watched(canary: Canary, deploy: Deploy | None) -> Watched | None:
    """Return the release that passed, until its last look and one interval more; None if none passed."""
    if deploy is None or deploy.verdict != Word.PASS or deploy.ended_at is None or deploy.live is None:
        return None
    until = deploy.ended_at + max(canary.watch_s, default=0.0) + canary.every_s
    return Watched(deploy.live, deploy.previous, deploy.ended_at, until)


def _watch_times(canary: Canary, deploy: Deploy | None) -> Iterator[float]:
    if deploy is not None and deploy.verdict == Word.PASS and deploy.ended_at is not None:
        yield from (deploy.ended_at + after for after in canary.watch_s)


def _start_before(canary: Canary, now: float) -> float:
    return math.floor(now / canary.every_s) * canary.every_s
