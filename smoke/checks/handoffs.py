"""A customer is handed over to a third party, such as a payment provider, in the right mode; nothing is paid."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote as shell_quote
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import anyio

from smoke.checks._answers import clip, find, no_answer
from smoke.checks._check import Check, Observation
from smoke.checks._expectations import unmet, wish
from smoke.checks._json import any_document_of, document_of
from smoke.checks._obstacle import obstacle, role_headers
from smoke.checks._sampled import SampledCheck, intern
from smoke.environment import Environment
from smoke.environment.handoffs import ID, Handoff
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

TOO_LATE = "too little of the budget was left to open sessions and give them up again"
GONE = frozenset({200, 202, 204, 404, 410})
_KEY = re.compile(r"\b((?:sk|rk|pk|whsec)_(?:live_|test_)?)[\w*]+")
_REASONS = ("message", "error.message", "detail", "error")


@dataclass(frozen=True, kw_only=True)
class HandoffCheck(SampledCheck):
    """A customer is handed over to a third party, such as a payment provider, in the right mode; nothing is paid."""

    kind: ClassVar[str] = "handoff"

    handoff: Handoff
    url: str
    writes: tuple[str, str]
    """Names of the writes that allow the opening and the giving up."""

    @property
    def stage(self) -> Stage:  # type: ignore[override]  # the environment file says when each is made
        """The stage that the environment file gives it."""
        return Stage(self.handoff.stage)

    async def request(self, world: "World") -> Request:
        """Open a session; raises SmokeError if the role has none of ours."""
        headers = await role_headers(world, self.handoff.role)
        body = dict(self.handoff.body)
        return Request("POST", self.url + self.handoff.path, headers=headers, json=body, write=self.writes[0])

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Open as many sessions as it takes to meet a bad replica, and give all of them up, whatever happens."""
        if world.remaining_s() < world.environment.limits.timeout_s:
            return Observation(obstacle=(TOO_LATE, Cause.SUITE.value))  # nothing is begun that could not be taken back
        opened: list[Exchange] = []
        left = 0
        try:
            request = await self.request(world)
            await _open(world, request, self.times(round_number), opened)
        except SmokeError as error:
            return obstacle(error, tuple(opened))
        finally:
            if opened:
                left = await self._give_up(world, opened, request.headers)
        return Observation(intern(opened), {"left": left})

    def times(self, round_number: int) -> int:
        """Return how many sessions are opened: never more than needed, as a third party keeps them."""
        return self.handoff.times or super().times(1 if round_number == 1 else round_number - 1)

    def fault(self, exchange: Exchange) -> str | None:
        """Demand a session, and every expectation of it; the reason that the answer gives is told, keys masked."""
        silent = no_answer(exchange)
        if silent:
            return silent
        document = document_of(exchange, self.handoff.opened)
        if document.fault:
            reason = _reason(exchange)
            return f"{document.fault} ({reason})" if reason else document.fault
        faults = (unmet(one, document.value) for one in self.handoff.expect)
        return next((_masked(fault) for fault in faults if fault), None)

    def remark(self, exchange: Exchange) -> str | None:
        """Note a session that has no id to give it up by."""
        nameless = self.handoff.cleanup_path is not None and self._id(exchange) is None
        return f"a session has no id at {self.handoff.id}, so it stays open" if nameless else None

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Note what could not be given up."""
        left = sum(int(one.facts.get("left", 0)) for one in rounds)
        return {"noted": f"{left} sessions could not be given up afterwards"} if left else {}

    @property
    def expected(self) -> str:
        """The expectations in words."""
        return ", ".join(["a session", *map(wish, self.handoff.expect)])

    def reproduce(self) -> str:
        """Return the opening; the role's session is left out."""
        return f"curl -X POST {shell_quote(self.url + self.handoff.path)}"

    async def _give_up(self, world: "World", opened: Sequence[Exchange], headers: Mapping[str, str]) -> int:
        """Give all sessions up, even while the run is being stopped; return how many stayed."""
        path = self.handoff.cleanup_path
        names = [name for one in opened if (name := self._id(one)) is not None]
        if path is None or not names:
            return 0
        gone: list[str] = []

        async def give_up(name: str) -> None:
            url = self.url + path.replace(ID, quote(name, safe=""))
            asked = Request(self.handoff.cleanup_method, url, headers=headers, write=self.writes[1])
            if (await world.http.send(asked)).status in GONE:
                gone.append(name)

        with anyio.move_on_after(world.environment.limits.timeout_s, shield=True):
            async with anyio.create_task_group() as together:
                for name in names:
                    together.start_soon(give_up, name)
        return len(names) - len(gone)

    def _id(self, exchange: Exchange) -> str | None:
        found = find(self.handoff.id, document_of(exchange, self.handoff.opened).value)
        return str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) and found != "" else None


async def _open(world: "World", request: Request, times: int, opened: list[Exchange]) -> None:
    """Send *request* several times at once; *opened* grows as it is answered, even where the run is stopped."""
    refusals: list[SmokeError] = []

    async def one() -> None:
        try:
            opened.extend(await world.http.sample(request, 1))
        except SmokeError as error:  # out of the task group it would come as one of a group
            refusals.append(error)

    async with anyio.create_task_group() as group:
        for _ in range(times):
            group.start_soon(one)
    if refusals:
        raise refusals[0]


def _reason(exchange: Exchange) -> str:
    document = any_document_of(exchange).value
    said = (find(place, document) for place in _REASONS)
    return _masked(clip(" ".join(next((one for one in said if isinstance(one, str) and one), "").split())))


def _masked(text: str) -> str:
    """Return *text* with the keys of payment providers cut to the part that tells their kind and mode."""
    return _KEY.sub(r"\1…", text)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each handoff."""
    for one in environment.handoffs:
        service = environment.services[one.service]
        cleanup = (one.cleanup_path or "").replace(ID, "x")
        yield HandoffCheck(
            subject=one.name,
            service=one.service,
            gating=one.gating,
            depends_on=one.depends_on,
            share=service.share if one.times is None else 1.0,
            replica_header=service.replica_header,
            handoff=one,
            url=service.url,
            writes=(
                _write(environment, one, "POST", one.path),
                _write(environment, one, one.cleanup_method, cleanup),
            ),
        )


def _write(environment: Environment, handoff: Handoff, method: str, path: str) -> str:
    """Return the name of the write that allows *method* on *path*; the environment's validation demands one."""
    names = (one.name for one in environment.writes if one.service == handoff.service and one.covers(method, path))
    return next(names, "")
