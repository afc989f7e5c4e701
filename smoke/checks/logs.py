"""Logs arrive, and errors in them have not multiplied since the deploy, as Loki tells it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._telemetry import WHEN_BEGAN, TelemetryCheck, patience_s
from smoke.checks._window import Window, completed
from smoke.dependencies import loki
from smoke.dependencies.answer import Answer
from smoke.dependencies.loki import Asker
from smoke.environment import Environment
from smoke.environment.monitoring import Loki, Monitoring
from smoke.environment.telemetry import Logs
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

EVERY_S = 5.0


@dataclass(frozen=True, kw_only=True)
class LogCheck(TelemetryCheck):
    """What Loki holds of a service's log is as it should be."""

    system: ClassVar[str] = "loki"

    logs: Logs
    monitoring: Monitoring
    loki: Loki

    @property
    def patterns(self) -> tuple[str, ...]:
        """The queries."""
        return (self.logs.lines, self.logs.errors or "")

    async def counted(self, world: "World", lines: str, window: Window, at: float) -> Any:
        """Ask how many lines there were in a window as long as *window* that ends at a moment."""
        query = completed(lines, window, world, self.service)
        return await world.http.send(Asker(self.loki, world.secret, self.timeout_s).count(query, window.length_s, at))

    def reproduce(self) -> str:
        """Return the query; credentials are left out."""
        query = f"sum(count_over_time({self.logs.lines} [5m]))".replace("'", "'\\''")
        return f"curl -G --data-urlencode 'query={query}' '{self.loki.url}/loki/api/v1/query'"


@dataclass(frozen=True, kw_only=True)
class LogsArriveCheck(LogCheck):
    """
    Logs arrive: Loki has lines of the service since the deploy.

    Lines are on their way for a while, so they are waited for. Where there were none before the deploy either, or where
    nobody knows, their absence proves nothing of the release.
    """

    kind: ClassVar[str] = "logs"

    async def look(self, world: "World", round_number: int) -> Observation:
        """Ask until there are enough lines, or the time for that is over."""
        until = self.until(world, self.logs.within_s, round_number)
        window = Window.of(self.monitoring, world, least_s=1)
        exchanges = [await self.counted(world, self.logs.lines, window, world.now())]
        while self._waits(exchanges[0]) and world.now() < until and not world.condemned():
            await world.pause(EVERY_S)
            window = Window.of(self.monitoring, world, least_s=1)
            exchanges = [await self.counted(world, self.logs.lines, window, world.now())]
        if window.deployed_at is not None:
            exchanges.append(await self.counted(world, self.logs.lines, window, window.deployed_at))
        before = world.before(self.id)
        facts = {"before": dict(before.measured) if before else {}, "length_s": window.length_s}
        return Observation(tuple(exchanges), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest count."""
        last = rounds[-1]
        lines = loki.read_count(last.exchanges[0])
        expected = f"at least {self.logs.at_least} lines in the last {last.facts['length_s']} s"
        if isinstance(lines, Answer):
            return self.unheard(lines, expected)
        found = f"{lines:g} {'line' if lines == 1 else 'lines'} in the last {last.facts['length_s']} s"
        facts = {**self.facts, "measured": {"lines": lines}}
        if lines >= self.logs.at_least:
            return Judgement(Outcome.PASSED, found, expected=expected, found=found, facts=facts)
        then = _then(last, last.facts["before"].get("lines"))
        if then is None or then < self.logs.at_least:
            known = "nobody knows how many there were before the deploy" if then is None else f"{then:g} before it"
            decider = "see whether the service logs at all under these labels"
            told = {**facts, "decider": decider}
            return Judgement(Outcome.UNDECIDED, f"{found}; {known}", Cause.RELEASE, expected, found, told)
        message = f"{found}, expected at least {self.logs.at_least}; before the deploy {then:g}"
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, expected, found, facts)

    def _waits(self, exchange: Any) -> bool:
        lines = loki.read_count(exchange)
        return not isinstance(lines, Answer) and lines < self.logs.at_least


@dataclass(frozen=True, kw_only=True)
class LogErrorsCheck(LogCheck):
    """
    Errors in the log have not multiplied since the deploy.

    They are counted since the deploy and in as long a time before it. No error in a log of which nothing arrives proves
    nothing.
    """

    kind: ClassVar[str] = "log-errors"

    errors: str

    async def look(self, world: "World", round_number: int) -> Observation:
        """Count errors and lines since the deploy, and errors before it."""
        window, errors = Window.of(self.monitoring, world), f"{self.logs.lines} {self.errors}"
        exchanges = [
            await self.counted(world, errors, window, world.now()),
            await self.counted(world, self.logs.lines, window, world.now()),
        ]
        if window.deployed_at is not None:
            exchanges.append(await self.counted(world, errors, window, window.deployed_at))
        before = world.before(self.id)
        known = dict(before.measured) if before else {}
        return Observation(tuple(exchanges), {"length_s": window.length_s, "before": known})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest counts."""
        last, length_s = rounds[-1], rounds[-1].facts["length_s"]
        errors, lines = (loki.read_count(one) for one in last.exchanges[:2])
        if isinstance(errors, Answer) or isinstance(lines, Answer):
            untold = errors if isinstance(errors, Answer) else lines
            return self.unheard(untold, self._expected)  # type: ignore[arg-type]  # it is an Answer by now
        rate = last.facts["before"].get("errors_per_s")
        then = _then(last, rate * length_s if isinstance(rate, (int, float)) else None, place=2)
        earlier = "" if then is None else f", {then:g} before the deploy"
        found = f"{errors:g} errors in the last {length_s} s{earlier}"
        facts = {**self.facts, "measured": {"errors_per_s": round(errors / length_s, 6)}}
        if errors <= self.logs.max_errors:
            if not lines:
                found = f"no line in the last {length_s} s, so no error either"
                return Judgement(Outcome.UNDECIDED, found, Cause.RELEASE, self._expected, found, facts)
            return Judgement(Outcome.PASSED, found, expected=self._expected, found=found, facts=facts)
        if then is None:
            told = {**facts, "decider": WHEN_BEGAN}
            message = f"{found}, and nobody knows how many there were before the deploy"
            return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._expected, found, told)
        if errors > self.logs.growth * then:
            message = f"{found}, expected {self._expected}"
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._expected, found, facts)
        return Judgement(Outcome.PASSED, found, expected=self._expected, found=found, facts=facts)

    @property
    def _expected(self) -> str:
        return f"at most {self.logs.max_errors} errors, or {self.logs.growth:g} times as many as before"


def _then(seen: Observation, recorded: Any, place: int = 1) -> float | None:
    """Return the count of before the deploy: as Loki remembers it, or else as the baseline does."""
    if len(seen.exchanges) > place:
        told = loki.read_count(seen.exchanges[place])
        if not isinstance(told, Answer):
            return told
    return float(recorded) if isinstance(recorded, (int, float)) else None


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check that logs arrive, and one of the errors in them, for each log."""
    system = environment.monitoring.loki
    if system is None:
        return
    for name, logs in environment.logs.items():
        about: dict[str, Any] = {
            "subject": name,
            "service": logs.service,
            "gating": logs.gating,
            "timeout_s": environment.monitoring.timeout_s,
            "logs": logs,
            "monitoring": environment.monitoring,
            "loki": system,
        }
        yield LogsArriveCheck(**about, after_s=0.0)
        if logs.errors is not None:
            yield LogErrorsCheck(**about, after_s=patience_s(environment), errors=logs.errors)
