"""Unrelated hosts answer, so that this machine's network is not to blame for silence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from smoke.checks._check import Observation
from smoke.checks._reach import reached
from smoke.checks._witness import WitnessCheck, by_host
from smoke.environment import Environment
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage


def checks(environment: Environment, release: Release) -> Iterator["ControlCheck"]:
    """Return two checks for each control host; further addresses on one host are told apart by their path."""
    for subject, url in by_host(environment.control):
        yield ControlCheck(subject=subject, url=url)
        yield ControlAgainCheck(subject=subject, url=url)


@dataclass(frozen=True, kw_only=True)
class ControlCheck(WitnessCheck):
    """
    A host that has nothing to do with the environment can be reached from here.

    Evidence, not a promise: whatever it answers, it was reached. Its own server errors are kept as evidence too, since
    an edge provider that fails for everybody is not the release's doing.
    """

    kind: ClassVar[str] = "control"
    asks: ClassVar[int] = 2
    """One lost packet must not make the network look down."""

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge whether it was reached at all."""
        answers = rounds[-1].exchanges
        there = next((one for one in answers if reached(one)), None)
        facts: dict[str, Any] = {"control": True, "reachable": there is not None}
        if there is None:
            found = answers[0].outline() if answers else "no answer"
            kinds = sorted({one.failure.kind.value for one in answers if one.failure})
            message = f"not reached: {found}"
            facts |= {"failure_kinds": kinds, "signature": "not reached"}
            return Judgement(Outcome.FAILED, message, Cause.RUNNER, "any answer", found, facts)
        if all(one.failure and one.failure.certificate for one in answers):
            facts["distrusted"] = True
        facts["failing"] = there.is_server_error
        if facts["failing"]:
            facts["signature"] = "server error"
        message = f"reached: {there.outline()}"
        return Judgement(Outcome.PASSED, message, None, "any answer", there.outline(), facts)


class ControlAgainCheck(ControlCheck):
    """
    The control host can still be reached after the last check.

    A network that was lost on the way would otherwise look like a release that broke.
    """

    kind: ClassVar[str] = "control-again"
    stage: ClassVar[Stage] = Stage.CONFIRM
