"""Unrelated hosts behind the same edge answer, so that the edge's provider is not to blame for errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from smoke.checks._check import Observation
from smoke.checks._provider import provider
from smoke.checks._reach import reached
from smoke.checks._witness import WitnessCheck, by_host
from smoke.environment import Environment
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

FAILING = 2
"""One failure of so few is ambient noise."""


def checks(environment: Environment, release: Release) -> Iterator["CanaryCheck"]:
    """Return two checks for each canary host: at the beginning and in the end."""
    for subject, url in by_host(environment.edge.canary):
        yield CanaryCheck(subject=subject, url=url)
        yield CanaryAgainCheck(subject=subject, url=url)


@dataclass(frozen=True, kw_only=True)
class CanaryCheck(WitnessCheck):
    """
    A host that shares nothing with the environment but the edge answers.

    Evidence, not a promise: when it fails as well, the release did not do it.
    """

    kind: ClassVar[str] = "canary"
    asks: ClassVar[int] = 6
    """An outage of a share of the requests must show too."""

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge whether it fails: by server errors, or because nothing comes."""
        answers = rounds[-1].exchanges
        bad = [one for one in answers if _fails(one)]
        failing = len(bad) >= FAILING
        facts: dict[str, Any] = {"canary": True, "failing": failing, "reachable": any(map(reached, answers))}
        if not failing:
            message = f"{len(answers) - len(bad)} of {len(answers)} answers are no errors"
            return Judgement(Outcome.PASSED, message, None, "no server error", message, facts)
        found = bad[0].outline()
        named = next(filter(None, map(provider, bad)), None)
        facts |= {"signature": "server error", **({"provider": named} if named else {})}
        message = f"{found} in {len(bad)} of {len(answers)} samples" + (f", answered by {named}" if named else "")
        return Judgement(Outcome.FAILED, message, Cause.DEPENDENCY, "no server error", found, facts)


class CanaryAgainCheck(CanaryCheck):
    """
    The canary host still answers after the last check.

    An outage that began on the way would otherwise look like a release that broke.
    """

    kind: ClassVar[str] = "canary-again"
    stage: ClassVar[Stage] = Stage.CONFIRM


def _fails(exchange: Exchange) -> bool:
    return exchange.status is None or exchange.failure is not None or exchange.is_server_error
