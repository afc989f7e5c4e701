"""What is fine one by one is fine for a dozen users at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any, ClassVar

import anyio

from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.checks._own_delay import STEPS, own_delays
from smoke.checks._routes import routes
from smoke.checks._sampled import SampledCheck, commonest_fault, intern, transport_facts
from smoke.environment import Environment
from smoke.environment.load import Burst
from smoke.environment.promises import Read
from smoke.errors import SmokeError
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import MISS, Reading, Sample, read
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

ALONE = 3
"""So many are asked one by one first, to know what is normal at this moment."""

TIMES_BEFORE = 2.0
"""A burst that took long before the deploy already may take as many times as long."""


def checks(environment: Environment, release: Release) -> Iterator["BurstCheck"]:
    """Return a check for each read that allows a burst."""
    for route, entry in routes(environment, release):
        if isinstance(entry, Read) and entry.burst:
            yield BurstCheck(
                subject=route.subject,
                service=route.service,
                gating=route.gating,
                depends_on=route.depends_on,
                route=route,
                parallel=entry.burst,
                burst=environment.burst,
            )


@dataclass(frozen=True, kw_only=True)
class BurstCheck(Check):
    """
    A small burst of parallel requests is answered as one request is, if not as quickly.

    A pool of connections that is too small, or that loses them, serves one visitor well and a dozen badly. The burst is
    compared with requests one by one at the same moment, and its slowness with what it was before the deploy.
    """

    kind: ClassVar[str] = "burst"
    stage: ClassVar[Stage] = Stage.MONITORING
    refines: ClassVar[bool] = True

    route: SampledCheck
    parallel: int
    burst: Burst

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask a few times alone, then all at once; one burst at a time, after the rush of the first looks."""
        if round_number == 1:
            await world.pause(2 * world.environment.confirm.pause_s)
        try:
            request = replace(await self.route.request(world), at_this_rate=True)
        except SmokeError as error:
            return obstacle(error)
        turn: anyio.Lock = world.shared.setdefault("burst", anyio.Lock())
        async with turn:
            alone = [one for _ in range(ALONE) for one in await world.http.sample(request, 1)]
            async with own_delays() as own:
                together = await world.http.sample(request, self.parallel)
        before = world.before(self.id)
        facts = {
            "before": before.measured.get("times_alone") if before else None,
            "own_ms": median(own) if own else 0.0,
        }
        return Observation(intern([*alone, *together]), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge failures first, slowness then."""
        alone, together = rounds[-1].exchanges[:ALONE], rounds[-1].exchanges[ALONE:]
        if 2 * sum(1 for one in alone if self.route.fault(one)) > ALONE:
            message = "requests fail one by one already"
            facts: dict[str, Any] = {"blocked_by": self.route.id}
            return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._due, message, facts)
        samples = [[Sample(self.route.fault(one)) for one in seen.exchanges[ALONE:]] for seen in rounds]
        reading = read(samples, 1 - MISS ** (1 / self.parallel))
        failed = sum(1 for one in samples[-1] if one.fault)
        facts = self._facts(alone, together)
        if reading is Reading.HEALTHY or (reading is Reading.UNCLEAR and not failed):
            return self._slow_or_fine(rounds[-1], alone, together, facts)
        fault = commonest_fault(samples) or "no answer"
        message = f"{self.parallel} at once: {fault} in {failed} of them; one by one they are answered in {_ms(alone)}"
        facts |= {"signature": f"in a burst {fault}", "failed_share": round(failed / self.parallel, 3)}
        if reading is Reading.UNCLEAR:
            return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._due, message, facts, unclear=True)
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._due, message, {**facts, "explains": True})

    def reproduce(self) -> str:
        """Return the burst as a shell loop."""
        once = self.route.reproduce().replace(
            "curl -sS -i", "curl -sS -o /dev/null -w '%{http_code} %{time_total}\\n'", 1
        )
        return f"for i in $(seq {self.parallel}); do {once} & done; wait"

    @property
    def _due(self) -> str:
        return f"{self.parallel} good answers at once"

    def _facts(self, alone: Sequence[Exchange], together: Sequence[Exchange]) -> dict[str, Any]:
        times = _median_ms(together) / max(1.0, _median_ms(alone))
        bare = [replace(one, body=b"") for one in together]
        return {**transport_facts(bare), "measured": {"times_alone": round(times, 1)}}

    def _slow_or_fine(
        self, seen: Observation, alone: Sequence[Exchange], together: Sequence[Exchange], facts: dict[str, Any]
    ) -> Judgement:
        before, alone_ms = seen.facts["before"], _median_ms(alone)
        # What this process was woken late by is not the service's.
        took_ms = _median_ms(together) - STEPS * seen.facts["own_ms"]
        times, longer_ms = round(took_ms / max(1.0, alone_ms), 1), took_ms - alone_ms
        message = f"{self.parallel} at once take {_ms(together)}, one by one {_ms(alone)} (medians)"
        most = max(self.burst.ratio, TIMES_BEFORE * before) if before is not None else None
        if most is not None and times > most and longer_ms > self.burst.floor_ms:
            message = f"{message}; before the deploy a burst took {before:g} times as long, now {times:g} times"
            facts |= {"signature": "slow in a burst", "explains": True}
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._due, message, facts)
        return Judgement(Outcome.PASSED, message, None, self._due, message, facts)


def _median_ms(exchanges: Sequence[Exchange]) -> float:
    return 1000 * median(one.duration_s for one in exchanges)


def _ms(exchanges: Sequence[Exchange]) -> str:
    return f"{_median_ms(exchanges):.0f} ms"
