"""How long a step of a journey may take: the environment's limit, and never more than the run has left."""

from collections.abc import Callable
from dataclasses import dataclass

from smoke.errors import SmokeError
from smoke.verdict.unmade import OUT_OF_BUDGET

_LEAST_S = 0.5

TOO_LATE = f"the budget of the run {OUT_OF_BUDGET}"
"""What is said of a journey that the budget cut off."""


class OutOfBudget(SmokeError):
    """The run has no time left for the step, so what it would have shown is not known."""


@dataclass(frozen=True, slots=True)
class Patience:
    """*timeout_s* is the limit of one step; *remaining_s* tells what the run has left."""

    timeout_s: float
    remaining_s: Callable[[], float]

    def milliseconds(self, at_most_s: float | None = None) -> float:
        """Return the timeout of the next step; raises OutOfBudget when there is none left."""
        left = self.remaining_s()
        if left < _LEAST_S:
            raise OutOfBudget(TOO_LATE)
        return min(self.timeout_s, left, at_most_s or self.timeout_s) * 1000

    def blame_budget(self) -> None:
        """After a step that timed out: raise OutOfBudget if it was the budget that cut it short."""
        if self.remaining_s() < _LEAST_S:
            raise OutOfBudget(TOO_LATE)
