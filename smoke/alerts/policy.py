"""What an environment wants of its alerts, as plain values."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from smoke.alerts.look import Look, Standing
from smoke.verdict.words import Cause, Severity


@dataclass(frozen=True, slots=True)
class Step:
    """The channels *to* are told *after_s* seconds after an incident of at least this severity was opened."""

    to: tuple[str, ...]
    after_s: float = 0.0
    at_least: Severity = Severity.INFO


@dataclass(frozen=True, slots=True)
class Policy:
    """When an incident begins and ends, how bad it is and who is told."""

    after_failures: int = 2
    after_successes: int = 2
    after_unclear: int = 4
    remind_every_s: float = 3600.0
    failing: Severity = Severity.CRITICAL
    dependency: Severity = Severity.WARNING
    unclear: Severity = Severity.WARNING
    checks: tuple[tuple[str, Severity], ...] = ()
    steps: tuple[Step, ...] = ()

    def severity(self, look: Look) -> Severity:
        """
        Return how bad *look* is: as bad as the worst of its troubles, and of the incidents that the verdict names.

        Those say nothing where a third party alone is to blame, which has a severity of its own.
        """
        if look.standing is not Standing.FAILING:
            return self.unclear
        graded = [self._of(one.check, one.cause) for one in look.troubles]
        if look.severity is not None and any(one.cause != Cause.DEPENDENCY for one in look.troubles):
            graded.append(look.severity)
        return max(graded, key=lambda one: one.rank)

    def audience(self, severity: Severity, open_for_s: float) -> tuple[str, ...]:
        """Return the channels that are to know of an incident by now, each once."""
        reached = [one for one in self.steps if one.after_s <= open_for_s and one.at_least.rank <= severity.rank]
        return tuple(dict.fromkeys(channel for one in reached for channel in one.to))

    def _of(self, check: str, cause: str) -> Severity:
        declared = (severity for pattern, severity in self.checks if fnmatchcase(check, pattern))
        return next(declared, self.dependency if cause == Cause.DEPENDENCY else self.failing)
