"""Judge what must stay shut: noise never opens a door, so one that was seen open twice is at fault; pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from smoke.checks._check import Observation
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome


def judge_door(
    judgement: Judgement, rounds: Sequence[Observation], is_open: Callable[[Exchange], bool], said: str, signature: str
) -> Judgement:
    """
    Return *judgement* unless the door *is_open* in some answer: then it is at fault, and *said* says what went through.

    Open in an earlier round only, it is undecided.
    """
    seen = [sum(1 for one in each.exchanges if is_open(one)) for each in rounds]
    if not any(seen):
        return judgement
    total = sum(len(each.exchanges) for each in rounds)
    message = f"{said}: {sum(seen)} of {total}"
    facts = {**judgement.facts, "signature": signature, "let_in": True}
    facts.pop("noted", None)
    found = next(one.outline() for each in rounds for one in each.exchanges if is_open(one))
    failed = Judgement(Outcome.FAILED, message, Cause.RELEASE, judgement.expected, found, facts)
    if seen[-1] or len(rounds) == 1:
        return failed
    message = f"{message}, but none of the last {len(rounds[-1].exchanges)}"
    return replace(failed, outcome=Outcome.UNDECIDED, message=message, unclear=True)
