"""What is on a schedule is carried out at every tick, and once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import clip, find, quote
from smoke.checks._check import Check, Observation
from smoke.checks._json import document_of
from smoke.checks._obstacle import obstacle, role_headers
from smoke.checks._sampled import curl, transport_facts
from smoke.environment import Environment
from smoke.environment.schedules import Schedule
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from smoke.waiting import Patience, wait_until

if TYPE_CHECKING:
    from smoke.checks._world import World

LOOKS = 12
"""The executions are asked for about this often between two ticks."""

PATIENCE = 1.5
"""A tick that is half a period late is still waited for."""

NO_TICK = "no tick was carried out"
TWICE = "ticks are carried out more than once"
BEYOND = "the next tick may come after the end of this run"
"""Where not even the whole budget is long enough for a tick: that is known and wanted."""
CUT = "too little of the budget was left to wait for a tick: raise it, or verify again"


@dataclass(frozen=True, kw_only=True)
class ScheduleCheck(Check):
    """What is on a schedule is carried out at every tick, and once."""

    kind: ClassVar[str] = "schedule"
    stage: ClassVar[Stage] = Stage.INTEGRATION

    schedule: Schedule
    url: str

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Wait for a tick that was not there at first, give its executions time to come, and count them."""
        try:
            request = Request("GET", self.url, headers=await role_headers(world, self.schedule.role))
        except SmokeError as error:
            return obstacle(error)
        within_s = PATIENCE * self.schedule.every_s
        needed_s = within_s + 2 * self.schedule.late_s
        if world.remaining_s() < needed_s:
            return Observation(facts={"waived": BEYOND} if world.environment.budget_s < needed_s else {"cut": True})
        looks: list[Exchange] = []

        async def look() -> Exchange:
            looks.append(await world.http.send(request))
            return looks[-1]

        known = await self._known(look)
        await wait_until(
            look,
            missing=lambda exchange: None if self._new(exchange, known) else NO_TICK,
            within_s=within_s,
            every_s=self.schedule.every_s / LOOKS,
            patience=Patience(world.pause, world.remaining_s, clock=lambda: -world.remaining_s()),
        )
        new = self._new(looks[-1], known)
        if new:
            await world.pause(self.schedule.late_s)
            last = await look()
            new = self._new(last, known) or new
        return Observation((looks[0], looks[-1]), {"executions": new, "unread": self._unread(looks[-1])})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest tick; work that an earlier one did twice is forgotten after two that were right."""
        last = rounds[-1]
        if "waived" in last.facts:
            return Judgement(Outcome.SKIPPED, BEYOND, facts={"waived": BEYOND})
        if "cut" in last.facts:
            return Judgement(Outcome.UNDECIDED, CUT, Cause.SUITE, self._expected, CUT)
        faults = [self._fault(one.facts) for one in rounds if "executions" in one.facts]
        facts = {**transport_facts([one for each in rounds for one in each.exchanges]), **self._measured(last.facts)}
        if faults[-1] is not None:
            signature, message = faults[-1]
            facts["signature"] = signature
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._expected, message, facts)
        found = f"{len(Counter(self._keys(last.facts)))} ticks carried out once"
        passed = Judgement(Outcome.PASSED, found, expected=self._expected, found=found, facts=facts)
        before = next((fault for fault in faults if fault), None)
        if before is None:
            return passed
        said = f"{before[1]}; the tick after it was right"
        if before[0] == TWICE and len(rounds) == 2:  # noqa: PLR2004 - one wrong, one right
            return replace(passed, outcome=Outcome.UNDECIDED, cause=Cause.RELEASE, message=said, unclear=True)
        return replace(passed, facts={**facts, "noted": said})

    def reproduce(self) -> str:
        """Return the request; the role's session is left out."""
        return curl(self.url)

    @property
    def _expected(self) -> str:
        return f"one execution for each key, a tick every {self.schedule.every_s:g} s"

    async def _known(self, look: Any) -> frozenset[str]:
        """Return the keys that are there before the tick; what failed is asked again, as this is waiting."""
        for _ in range(3):
            executions = self._executions(await look())
            if executions is not None:
                return frozenset(key for key, _ in executions)
        return frozenset()

    def _new(self, exchange: Exchange, known: frozenset[str]) -> list[list[str]]:
        return [[key, by] for key, by in self._executions(exchange) or () if key not in known]

    def _executions(self, exchange: Exchange) -> list[tuple[str, str]] | None:
        """Return the key of each execution with who carried it out, or None if the answer tells none."""
        listed = find(self.schedule.at, document_of(exchange).value)
        if not isinstance(listed, list):
            return None
        keys = [find(self.schedule.key, one) for one in listed]
        by = self.schedule.by
        doers = [find(by, one) if by else None for one in listed]
        return [
            (clip(str(key)), clip(str(doer or "")))
            for key, doer in zip(keys, doers, strict=True)
            if isinstance(key, (str, int))
        ]

    def _unread(self, exchange: Exchange) -> str | None:
        fault = document_of(exchange).fault
        if fault is None and self._executions(exchange) is None:
            return f"no list at {self.schedule.at}"
        return fault

    def _fault(self, facts: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return the signature and the message of what is wrong with one tick, or None."""
        if facts["unread"] and not facts["executions"]:
            unread = f"the executions cannot be read: {facts['unread']}"
            return unread, unread
        counts = Counter(self._keys(facts))
        if not counts:
            return NO_TICK, f"{NO_TICK} within {PATIENCE * self.schedule.every_s:g} s"
        key, times = counts.most_common(1)[0]
        if times == 1:
            return None
        doers = sorted({by for one, by in facts["executions"] if one == key and by})
        told = f", by {', '.join(doers)}" if doers else ""
        return TWICE, f"{quote(key)} was carried out {times} times{told}"

    def _keys(self, facts: Mapping[str, Any]) -> list[str]:
        return [key for key, _ in facts["executions"]]

    def _measured(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        counts = Counter(self._keys(facts))
        return {"measured": {"ticks": len(counts), "most_executions": max(counts.values(), default=0)}}


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each schedule."""
    for name, schedule in environment.schedules.items():
        service = environment.services[schedule.service]
        yield ScheduleCheck(subject=name, service=schedule.service, schedule=schedule, url=service.url + schedule.path)
