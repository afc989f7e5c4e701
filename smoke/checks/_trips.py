"""Write harmless things, read each back from fresh connections at once, follow what is late, and remove all again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

import anyio

from smoke.checks._answers import find, no_answer, replica_of
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.environment.roundtrips import ID, UNIQUE, Roundtrip
from smoke.errors import SmokeError
from smoke.http import Exchange, Request

if TYPE_CHECKING:
    from smoke.checks._world import World

GONE = frozenset({200, 202, 204, 404, 410})
NOT_YET = frozenset({404, 410})
CONFLICT = frozenset({409, 422})
"""Statuses with which a service says that something else is in the way of a write."""

FOLLOWED = 4
"""Most late writes that are followed until they show: they tell the time, the others only how many there are."""

AT_ONCE = 3
"""Writes under way at the same time: more would keep each other's reads waiting, and those must follow at once."""

STAYS = 24
"""Most reads of one late write right after the first, which measure a short lag where the machine is busy."""

LOOKS = 6
"""Reads of one late write in each look, so that a good replica among late ones does not hide them."""


@dataclass(slots=True)
class Trip:
    """
    One write on its way; *late* tells that the first read did not show it yet.

    *gap_s* is how long after the answer to the write (*written_at*, epoch seconds) the first read was answered: shorter
    delays it cannot see. *hidden_s* is how long after it a read that missed was begun, *shown_s* how long after it all
    reads showed it.
    """

    unique: str
    fault: str | None = None
    replica: str | None = None
    made: str | None = None
    late: bool = False
    written_at: float = 0.0
    gap_s: float = 0.0
    hidden_s: float = 0.0
    shown_s: float = 0.0
    conflict: bool = False
    left: str | None = None
    unremoved: str | None = None

    def facts(self) -> dict[str, Any]:
        """Return what judging needs, as JSON primitives."""
        return {
            name: getattr(self, name) for name in ("fault", "replica", "late", "gap_s", "conflict", "left", "unremoved")
        }


@dataclass
class Trips:
    """Some writes at once; *exchanges* grows as they go."""

    world: "World"
    roundtrip: Roundtrip
    url: str
    writes: tuple[str, str]
    """Names of the writes that allow the write and the removal."""
    replica_header: str | None = None
    enough_s: float = 0.0
    """A lag as long as this need not be measured on the spot."""
    exchanges: list[Exchange] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: SmokeError | None = None
    stayed: int = 0

    async def make(self, times: int) -> dict[str, Any]:
        """
        Make the whole round and return its facts; raises SmokeError if no session or write is to be had.

        `lag_s` is how long after its write the last one showed everywhere: 0 if all did at once, None if one never did;
        `hidden_s` is how long one was certainly not to be seen.
        """
        self.headers = await role_headers(self.world, self.roundtrip.role)
        trips = [Trip(f"smokegate-{uuid4().hex}") for _ in range(times)]
        turn = anyio.Semaphore(AT_ONCE)

        async def go(trip: Trip) -> None:
            async with turn:
                await self._go(trip)

        try:
            async with anyio.create_task_group() as group:
                for trip in trips:
                    group.start_soon(go, trip)
            if self.refusal:
                raise self.refusal
            seen = await self._follow([trip for trip in trips if trip.late][:FOLLOWED])
        finally:
            await self._clean_up([trip for trip in trips if trip.made])
        return {"trips": [trip.facts() for trip in trips], **seen}

    async def _go(self, trip: Trip) -> None:
        """Write once and read once."""
        try:
            written = await self._send(self._write(trip.unique))
        except SmokeError as error:  # out of the task group it would come as one of a group
            self.refusal = error
            return
        trip.replica = replica_of(written, self.replica_header)
        document = document_of(written, self.roundtrip.created)
        trip.made = _id(find(self.roundtrip.id, document.value))
        trip.conflict = written.status in CONFLICT
        if trip.made is None:
            trip.fault = f"POST {self.roundtrip.path}: {document.fault or f'no id at {self.roundtrip.id}'}"
            return
        answer = await self._send(self._read(trip.made))
        trip.written_at = _ended(written)
        trip.gap_s = round(max(0.0, _ended(answer) - trip.written_at), 3)
        shows, fault = self._reading(answer, trip)
        if not shows:
            trip.replica = replica_of(answer, self.replica_header)
        trip.late, trip.fault = not shows and fault is None, fault
        if trip.late:
            await self._stay(trip, answer)

    async def _stay(self, trip: Trip, missed: Exchange) -> None:
        """Read what is late again at once, until it shows or its lag matters: the others' turns would take longer."""
        self.stayed += 1
        reads = STAYS if self.stayed <= FOLLOWED else 0
        while True:
            trip.hidden_s = max(0.0, missed.at - trip.written_at)
            if not reads or trip.hidden_s >= self.enough_s:
                return
            reads -= 1
            missed = await self._send(self._read(trip.made or ""))
            if self._reading(missed, trip) != (False, None):
                return

    def _reading(self, answer: Exchange, trip: Trip) -> tuple[bool, str | None]:
        """Return whether *answer* shows what was written, and what else is wrong with it."""
        if no_answer(answer) or answer.status not in {200, *NOT_YET}:
            return False, f"GET {self.roundtrip.read_path}: {no_answer(answer) or f'HTTP {answer.status}'}"
        value = find(self.roundtrip.at, document_of(answer).value)
        return isinstance(value, str) and trip.unique in value, None

    async def _follow(self, late: list[Trip]) -> dict[str, Any]:
        """Look for what is late until every read shows it, or the time is over."""
        limit_s, followed = self.roundtrip.within_s, tuple(late)
        while late:
            await self.world.pause(min(self.roundtrip.slower_s / 2, limit_s / 4))
            # Only a look that is begun after the limit can tell that it is over, however long an earlier one took.
            last = self.world.now() - max(trip.written_at for trip in late) >= limit_s
            late = [trip for trip in late if not await self._shows(trip)]
            if late and last:
                return {"lag_s": None, "hidden_s": _longest(trip.hidden_s for trip in followed)}
        spans = {"lag_s": (trip.shown_s for trip in followed), "hidden_s": (trip.hidden_s for trip in followed)}
        return {name: _longest(span) for name, span in spans.items()}

    async def _shows(self, trip: Trip) -> bool:
        """Look at one late write from several fresh connections; an error says nothing about its being late."""
        answers = await self.world.http.sample(self._read(trip.made or ""), LOOKS)
        self.exchanges += answers
        readings = [(one, *self._reading(one, trip)) for one in answers]
        missed = [one.at - trip.written_at for one, shows, fault in readings if not shows and not fault]
        trip.hidden_s = max([trip.hidden_s, *missed])
        trip.shown_s = max(_ended(one) - trip.written_at for one in answers)
        return not missed and any(shows for _, shows, _ in readings)

    async def _clean_up(self, trips: list[Trip]) -> None:
        """Remove what was made even while the run is being stopped."""
        with anyio.move_on_after(self.world.environment.limits.timeout_s, shield=True):
            async with anyio.create_task_group() as group:
                for trip in trips:
                    trip.left = f"{trip.made}: no answer in time"
                    group.start_soon(self._remove, trip)

    async def _remove(self, trip: Trip) -> None:
        """Remove one; what got no answer is asked again, as this is cleaning up and no measurement."""
        url = self._named(self.roundtrip.cleanup_path, trip.made or "")
        request = Request("DELETE", url, headers=self.headers, write=self.writes[1])
        try:
            removed = await self._send(request)
            removed = removed if removed.status is not None else await self._send(request)
        except SmokeError as error:
            trip.left = f"{trip.made}: {error}"
            return
        trip.left = None if removed.status in GONE else f"{trip.made}: {removed.outline()}"
        if trip.left and removed.status is not None:
            trip.unremoved = f"DELETE {self.roundtrip.cleanup_path}: HTTP {removed.status}"

    def _write(self, unique: str) -> Request:
        body = {
            key: value.replace(UNIQUE, unique) if isinstance(value, str) else value
            for key, value in self.roundtrip.body.items()
        }
        headers = {**self.headers, "Idempotency-Key": unique}
        return Request("POST", self.url + self.roundtrip.path, headers=headers, json=body, write=self.writes[0])

    def _read(self, made: str) -> Request:
        return Request("GET", self._named(self.roundtrip.read_path, made), headers=self.headers, urgent=True)

    def _named(self, path: str, made: str) -> str:
        return self.url + path.replace(ID, quote(made, safe=""))

    async def _send(self, request: Request) -> Exchange:
        self.exchanges.append(await self.world.http.send(request))
        return self.exchanges[-1]


def _longest(spans: Iterable[float]) -> float:
    return round(max(spans, default=0.0), 3)


def _ended(exchange: Exchange) -> float:
    return exchange.at + exchange.duration_s


def _id(found: Any) -> str | None:
    plausible = isinstance(found, (str, int)) and not isinstance(found, bool) and found != ""
    return str(found) if plausible else None
