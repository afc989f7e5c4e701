"""No route has become slow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any, ClassVar

import anyio

from smoke.checks._answers import replica_of
from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.checks._own_delay import own_delays
from smoke.checks._pace import FEWEST, Pace, Timed, median_ms
from smoke.checks._reach import control_request, reached
from smoke.checks._routes import routes
from smoke.checks._sampled import SampledCheck, intern
from smoke.checks._slow_share import Counted
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

SLOW, SLOWER, SOME_SLOW = "slow", "slower than before the deploy", "some answers are slow"
"""A route that was slow already and has become slower yet is not excused by what was before."""

_Timing = tuple[Exchange, float]
"""An answer, and by how much this process was woken late while it was waited for, in milliseconds."""

AT_ONCE = 2
"""So many requests are timed at the same moment, in the whole environment: who hurries measures himself."""


def checks(environment: Environment, release: Release) -> Iterator["LatencyCheck"]:
    """Return a check for each read and page that is timed."""
    taken: set[str] = set()
    for route, entry in routes(environment, release):
        declared = entry.timed if entry.timed is not None else entry.max_median_ms is not None
        if entry.timed is False or not (declared or environment.latency.every_route):
            continue
        name = route.subject if route.subject not in taken else f"{route.kind}-{route.subject}"
        taken.add(name)
        service = environment.services[route.service or ""]
        longest = environment.latency.max_median_ms if entry.max_median_ms is None else entry.max_median_ms
        yield LatencyCheck(
            subject=name,
            service=route.service,
            gating=route.gating,
            depends_on=route.depends_on,
            route=route,
            pace=Pace(environment.latency, service.replicas, max_median_ms=longest),
        )


@dataclass(frozen=True, kw_only=True)
class LatencyCheck(Check):
    """
    The route answers about as quickly as before the deploy, once it is warm, on every replica.

    The medians of warm samples are compared, taken gently when the rush of the first looks is over; a slow one must be
    slow again after a pause. Of replicas that do not name themselves a slow one is told by how many answers are slow.
    Without a baseline only what the environment allows at all can be judged.
    """

    kind: ClassVar[str] = "latency"
    stage: ClassVar[Stage] = Stage.MONITORING
    refines: ClassVar[bool] = True

    route: SampledCheck
    pace: Pace

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Time one request after the other until the case is clear."""
        pace = self._pace(world)
        if round_number == 1:
            await world.pause(world.environment.confirm.pause_s)
        control, seen, late = _Control.of(world), list[_Timing](), list[float]()
        while not self._enough(pace, seen, control.times):
            try:
                request = await self.route.request(world)
            except SmokeError as error:
                return obstacle(error)
            async with control.turn:
                async with own_delays() as own:
                    (exchange,) = await world.http.sample(request, 1)
                seen.append((exchange, max(own, default=0.0)))
                late += own
                await control.ask(world, len(seen))
        pace = replace(pace, own_ms=median(late) if late else 0.0)
        facts = {"pace": pace, "times": tuple(self._times(seen)), "control": tuple(control.times)}
        return Observation(intern([replace(one, body=b"") for one, _ in seen]), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest round; what is slow must have been so in each."""
        last = rounds[-1].facts
        pace: Pace = last["pace"]
        if not last["times"]:
            message = "no good answer could be timed"
            facts = {"blocked_by": self.route.id}
            return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._due(pace), message, facts)
        facts = self._facts(rounds)
        slow = pace.slow(last["times"], last["control"])
        if not slow:
            return self._some_slow(pace, rounds, facts) or self._quick(pace, rounds, facts)
        took = max(slow.values())
        where = f" from replica {', '.join(slow)}" if "" not in slow else ""
        found = f"answers{where} take {_spoken(took)} (median of {len(pace.warm(last['times']))})"
        message = f"{found}, {self._compared(pace, last['control'])}"
        facts["signature"] = SLOW if pace.before_ms is None or took <= pace.slower_ms(last["control"]) else SLOWER
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._due(pace), found, facts)

    def reproduce(self) -> str:
        """Return the request with its time as a curl command."""
        command = self.route.reproduce()
        return command.replace("curl -sS -i", "curl -sS -o /dev/null -w '%{time_total}\\n'", 1)

    def _some_slow(self, pace: Pace, rounds: Sequence[Observation], facts: dict[str, Any]) -> Judgement | None:
        """Return that so many answers are slow as one replica gives, if they are: in the first look, or in both."""
        hidden = pace.hidden(rounds[-1].facts["times"], rounds[-1].facts["control"])
        if hidden is None:
            return None
        seen = [one.facts["pace"].counted(one.facts["times"], one.facts["control"]) for one in rounds]
        if not (hidden.suspicious(seen[0]) if len(rounds) == 1 else hidden.faulty(seen)):
            return None
        took = [one.ms for one in pace.warm(rounds[-1].facts["times"]) if one.ms > pace.slower_ms(())]
        found = (
            f"{seen[-1].slow} of {seen[-1].all} answers take {_spoken(median(took))}, as if one of {pace.replicas} "
            f"replicas were slow"
        )
        message = f"{found}; {hidden.before.slow} of {hidden.before.all} were before the deploy"
        facts["signature"] = SOME_SLOW
        unclear = len(rounds) == 1
        due = f"no more than {_spoken(pace.slower_ms(()))} on any replica"
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, due, found, facts, unclear=unclear)

    def _enough(self, pace: Pace, seen: Sequence["_Timing"], control: Sequence[float]) -> bool:
        """Tell whether to stop: the case is clear, or hardly any answer is good enough to be timed."""
        times = self._times(seen)
        return pace.enough(times, control) or len(seen) >= max(FEWEST, 2 * len(times) + FEWEST)

    def _pace(self, world: "World") -> Pace:
        before = world.before(self.id)
        measured: Mapping[str, Any] = before.measured if before else {}
        return replace(
            self.pace,
            before_ms=measured.get("median_ms"),
            control_before_ms=measured.get("control_median_ms"),
            before=Counted.read(measured.get("slow")),
        )

    def _times(self, timings: Sequence["_Timing"]) -> list[Timed]:
        good = [(one, own_ms) for one, own_ms in timings if self.route.fault(one) is None]
        header = self.route.replica_header
        return [Timed(1000 * one.duration_s, replica_of(one, header), own_ms) for one, own_ms in good]

    def _facts(self, rounds: Sequence[Observation]) -> dict[str, Any]:
        last = rounds[-1].facts
        pace: Pace = last["pace"]
        measured: dict[str, Any] = {"median_ms": median_ms(pace.warm(last["times"]))}
        if last["control"]:
            measured["control_median_ms"] = round(median(last["control"]), 1)
        typical = pace.typical(last["times"])
        if typical is not None:
            measured["slow"] = [typical.slow, typical.all]
        return {"answered": True, "measured": measured}

    def _quick(self, pace: Pace, rounds: Sequence[Observation], facts: dict[str, Any]) -> Judgement:
        last = rounds[-1].facts
        took = f"a median of {_spoken(facts['measured']['median_ms'])}"
        notes = []
        if pace.before_ms is None:
            notes.append("nothing of before the deploy to compare with")
        else:
            took = f"{took}, {self._compared(pace, last['control'])}"
        if len(rounds) > 1:
            notes.append("slow at first, quick when looked at again")
        if notes and (pace.before_ms is not None or pace.max_median_ms is None):
            facts["noted"] = "; ".join(notes)
        return Judgement(Outcome.PASSED, "; ".join([took, *notes]), None, self._due(pace), took, facts)

    def _due(self, pace: Pace) -> str:
        limit = pace.limit_ms(())
        return f"a median of at most {_spoken(limit)}" if limit is not None else "any time: there is nothing to compare"

    def _compared(self, pace: Pace, control: Sequence[float]) -> str:
        said = f"{_spoken(pace.before_ms)} before the deploy" if pace.before_ms is not None else self._due(pace)
        added = pace.allowance_ms(control)
        slowed = pace.latency.floor_ms / 2
        return f"{said}; this machine, or the control host as well, is slower now" if added > slowed else said


@dataclass
class _Control:
    """The control host's times beside those of all routes: asked once for each turn, whichever route takes it."""

    url: str | None
    turn: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(AT_ONCE))
    asked: int = 0
    times: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, world: "World") -> "_Control":
        made = cls(next(iter(world.environment.control), None))
        known: _Control = world.shared.setdefault("control", made)
        return known

    async def ask(self, world: "World", number: int) -> None:
        """Ask for the *number*-th time, if nobody did yet."""
        if self.url is None or number <= self.asked:
            return
        self.asked = number
        (exchange,) = await world.http.sample(control_request(self.url), 1)
        if reached(exchange):
            self.times.append(1000 * exchange.duration_s)


def _spoken(ms: float | None) -> str:
    if ms is None:
        return "an unknown time"
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"  # noqa: PLR2004 - from a second on
