"""A backlog that is worked off condemns nobody: its worker works."""

from dataclasses import replace

from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome

BACKLOG = ("too many jobs are waiting", "the oldest job has waited too long")
"""Faults that pass by themselves where the queue is draining."""

SLOWER = 0.4
"""A pace below this share of the one before the deploy is not the usual one any more."""


def worked_off(
    judgement: Judgement,
    depths: tuple[float, float],
    paces: tuple[float | None, float | None],
    *,
    old: bool,
) -> Judgement:
    """
    Return a failed *judgement* of a backlog as undecided where the queue got shorter; pure.

    *depths* are those of the first look and the newest, *paces* the jobs done in a second now and before the deploy;
    *old* tells that the backlog was there before the deploy.
    """
    (before, after), (pace, usual) = depths, paces
    if after >= before:
        return judgement
    message = f"{judgement.message}, falling from {before:g}: the worker works through a backlog"
    if usual is not None and pace is not None and pace < SLOWER * usual:
        message = f"{message}, but at {pace:.1f} jobs in a second, before the deploy at {usual:.1f}"
        return replace(judgement, outcome=Outcome.UNDECIDED, cause=Cause.RELEASE, message=message)
    cause = Cause.PREEXISTING if old else Cause.RELEASE
    message = f"{message} from before the deploy" if old else message
    return replace(judgement, outcome=Outcome.UNDECIDED, cause=cause, message=message)
