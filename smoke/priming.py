"""What a recorded baseline says to people."""

from collections import Counter

from smoke.baseline import Baseline
from smoke.verdict.words import Outcome

NAMED = 5
"""Red checks that are named; the others are counted."""


def in_words(known: Baseline) -> str:
    """Return `baseline recorded: 49 checks, 2 failing already, 2 sessions`, and lines that name what is red."""
    count = Counter(one.outcome for one in known.before.values())
    undecided = f", {count[Outcome.UNDECIDED]} undecided" if count[Outcome.UNDECIDED] else ""
    failing = f"{count[Outcome.FAILED]} failing already{undecided}"
    lines = [f"baseline recorded: {len(known.before)} checks, {failing}, {len(known.sessions)} sessions"]
    order = (Outcome.FAILED, Outcome.UNDECIDED)
    red = sorted((order.index(one.outcome), check) for check, one in known.before.items() if one.outcome in order)
    lines += [f"  {order[at]:<10} {check}" for at, check in red[:NAMED]]
    if len(red) > NAMED:
        lines.append(f"  and {len(red) - NAMED} more")
    return "\n".join(lines) + "\n"
