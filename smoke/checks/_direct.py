"""What our own calls to a dependency say: evidence about others' failures, itself never the release's fault."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.dependencies.answer import Answer, Sender, Standing
from smoke.dependencies.patience import PatientSender
from smoke.dependencies.salesforce_trust import TrustState
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

OUTCOMES = {
    Standing.UP: Outcome.PASSED,
    Standing.DOWN: Outcome.FAILED,
    Standing.REFUSED: Outcome.UNDECIDED,
    Standing.UNKNOWN: Outcome.UNDECIDED,
}


@dataclass(frozen=True, kw_only=True)
class DirectCheck(Check):
    """
    A third party answers the verifier's own call.

    It is asked whether or not the release is served; that it cannot be asked, as a secret is missing, says nothing
    about how it is.
    """

    stage: ClassVar[Stage] = Stage.INTEGRATION
    independent: ClassVar[bool] = True

    timeout_s: float

    @property
    def dependency(self) -> str:
        """The name of the third party in `depends_on`."""
        return self.kind

    @abstractmethod
    async def ask(self, world: "World", sender: Sender) -> Observation:
        """Make the call with *sender*, which waits out one limit on requests; may raise a SmokeError."""

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask, or say what kept us from asking."""
        try:
            return await self.ask(world, PatientSender(world.http, world.pause, world.remaining_s))
        except SmokeError as error:
            return obstacle(error, facts={"dependency": self.dependency, "direct": Standing.UNKNOWN.value})


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
