"""What our own calls to a dependency say: evidence about others' failures, itself never the release's fault."""

from collections.abc import Sequence
from dataclasses import replace

from smoke.dependencies._answer import Answer, Standing
from smoke.dependencies.salesforce_trust import TrustState
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome

OUTCOMES = {
    Standing.UP: Outcome.PASSED,
    Standing.DOWN: Outcome.FAILED,
    Standing.REFUSED: Outcome.UNDECIDED,
    Standing.UNKNOWN: Outcome.UNDECIDED,
}


def judge_answers(dependency: str, answers: Sequence[Answer]) -> Judgement:
    """
    Judge the answers of all rounds by the newest, which came at the same time as the system's own second look. Pure.

    The fact `direct` says how the dependency stands towards us; `smoke.verdict.causes` builds on it.
    """
    last = answers[-1]
    before = [one.message for one in answers[:-1] if one.standing is not Standing.UP]
    noted = {"noted": f"at first {before[0]}"} if before and last.standing is Standing.UP else {}
    signature = {} if last.standing is Standing.UP else {"signature": last.standing.value}
    return Judgement(
        OUTCOMES[last.standing],
        last.message,
        last.cause,
        expected="answers the verifier",
        found=last.message,
        facts={**last.facts, **noted, **signature, "dependency": dependency, "direct": last.standing.value},
    )


def with_trust(judgement: Judgement, state: TrustState | None) -> Judgement:
    """Add the vendor's own word: a declared maintenance explains that a dependency is down."""
    if state is None or state is TrustState.UNKNOWN:
        return judgement
    explained = state is TrustState.MAINTENANCE and judgement.facts.get("direct") == Standing.DOWN
    cause = Cause.MAINTENANCE if explained else judgement.cause
    return replace(judgement, cause=cause, facts={**judgement.facts, "trust": state.value})
