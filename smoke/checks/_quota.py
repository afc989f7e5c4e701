"""How much of an allowance is left: one that is nearly used up serves for now, and nobody soon."""

from typing import Any

from smoke.dependencies.answer import Answer
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome

DEGRADED, PLENTY = "degraded", "plenty"
"""What the fact `direct` says of an allowance: it is a word about a third party, yet neither up nor down."""


def judge_quota(dependency: str, what: str, left: tuple[int, int] | None, least: float, answer: Answer) -> Judgement:
    """Judge what is *left*, a number and what it is of; where nothing told it, *answer* says why. Pure."""
    expected = f"at least {least:.0%} of the {what} left"
    if left is None:
        said = answer.message if answer.cause else "the answer does not tell it"
        cause = answer.cause or Cause.SUITE
        untold = {"dependency": dependency, "direct": "unknown"}
        return Judgement(Outcome.UNDECIDED, f"the {what} are not known: {said}", cause, expected, said, untold)
    remaining, most = left
    share = remaining / most if most else 0.0
    found = f"{remaining} of {most} {what} left ({share:.1%})" if most else f"no {what} left"
    facts: dict[str, Any] = {"dependency": dependency, "measured": {"left": remaining, "most": most}}
    if share >= least:
        return Judgement(Outcome.PASSED, found, None, expected, found, {**facts, "direct": PLENTY})
    message = f"{found}: {dependency} will refuse every caller when they are used up"
    facts |= {"direct": DEGRADED, "signature": f"few {what} left"}
    return Judgement(Outcome.FAILED, message, Cause.DEPENDENCY, expected, found, facts)
