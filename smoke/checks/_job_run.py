"""Send one harmless job through a queue, follow it to its end, and remove it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

import anyio

from smoke.checks._answers import find
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._queue_probe import QueueProbe
from smoke.environment.queues import QueueJob
from smoke.http import Exchange, Request
from smoke.waiting import JITTER, Patience, wait_until

if TYPE_CHECKING:
    from smoke.checks._world import World

TAKEN = (200, 201, 202)
GONE = (200, 202, 204, 404, 410)
LOOKS = 20
"""A job is asked for about this often until its deadline."""

SLOWER = 2.0
"""A job may take so many times as long as before the deploy, even where that is longer than its deadline."""

PATIENCE = 1.5
"""A backlog may take half as long again as its pace tells."""

WAITED_SHARE = 0.5
"""The share of what is left of the budget that a backlog may be waited for."""


@dataclass(frozen=True, slots=True)
class Permits:
    """Names of the writes that allow the submission and the removal; None where the environment file allows none."""

    submit: str | None
    remove: str | None


@dataclass
class JobRun:
    """
    One job on its way; *exchanges* grows as it goes.

    *probe* reports the depth of the queue before and, if the job is late, after. *compares* tells that this run looks
    at a release, and has something from before the deploy to compare with; *before_s* is how long a job took then.
    """

    world: "World"
    job: QueueJob
    url: str
    permits: Permits
    probe: QueueProbe
    compares: bool = False
    before_s: float = 0.0
    exchanges: list[Exchange] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    async def make(self) -> dict[str, Any]:
        """Make the whole run and return its facts; raises SmokeError if no session or write is to be had."""
        self.headers = await role_headers(self.world, self.job.role)
        before = await self._report()
        submitted = await self._send(self._submission())
        job_id = _id(find(self.job.id, document_of(submitted, TAKEN).value))
        if job_id is None:
            fault = document_of(submitted, TAKEN).fault or "no id in the answer"
            return {"answer": fault, "unanswered": submitted.status is None}
        try:
            seen = await self._follow(job_id, max(self.job.deadline_s, SLOWER * self.before_s))
            if self._late(seen) and not seen["cut"] and (ours_s := self._our_delay_s(submitted)):
                # What this machine was late to look does not tell for how long the job was not done.
                seen.update(await self._follow(job_id, ours_s), took_s=None)
            if self._late(seen):
                seen.update(self._backlog(before, await self._report()))
                if longer_s := self._worth_waiting_s(seen):
                    seen.update(await self._follow(job_id, longer_s), took_s=None)
        finally:
            left = await self._clean_up(job_id)
        took_s = seen["took_s"] or round(self.exchanges[-1].at - submitted.at, 3)
        return {**seen, "took_s": took_s, "left": left}

    def _late(self, seen: Mapping[str, Any]) -> bool:
        return seen["state"] not in {*self.job.done, *self.job.failed}

    def _our_delay_s(self, submitted: Exchange) -> float:
        """Return how much later than planned the looks were made: what waited for its turn here, or was not woken."""
        looks = self.exchanges[self.exchanges.index(submitted) + 1 :]
        longest_s = (1 + JITTER) * self.job.deadline_s / LOOKS
        gaps = [later.at - one.at - one.duration_s for one, later in pairwise([submitted, *looks])]
        late_s = sum(max(0.0, gap - longest_s) for gap in gaps)
        return min(late_s, self.job.deadline_s) if late_s > longest_s else 0.0

    def _worth_waiting_s(self, seen: Mapping[str, Any]) -> float:
        """
        Return how much longer the job may take behind a backlog that is being worked off; 0 if that is too long.

        Before a deploy nothing is waited for: that the backlog is there and gets shorter is all there is to know.
        """
        depths, over_s = seen.get("depths", (0, 0)), seen.get("over_s", 0.0)
        drained = depths[0] - depths[1]
        if drained <= 0 or over_s <= 0 or not self.compares or seen["cut"]:
            return 0.0
        expected_s = PATIENCE * over_s * max(1.0, depths[1]) / drained
        return expected_s if expected_s <= self.world.remaining_s() * WAITED_SHARE else 0.0

    def _submission(self) -> Request:
        unique = f"smokegate-{uuid4().hex}"
        body = {
            key: value.replace("{unique}", unique) if isinstance(value, str) else value
            for key, value in self.job.body.items()
        }
        headers = {**self.headers, "Idempotency-Key": unique}
        return Request("POST", self.url + self.job.path, headers=headers, json=body, write=self.permits.submit)

    async def _follow(self, job_id: str, within_s: float) -> dict[str, Any]:
        """Ask for the job until it ends; an answer that fails on the way is asked again, as this is waiting."""
        request = Request("GET", self._named(self.job.status_path, job_id), headers=self.headers, urgent=True)
        started = self.world.remaining_s()
        ends = {*self.job.done, *self.job.failed}
        first = len(self.exchanges)
        await wait_until(
            lambda: self._send(request),
            missing=lambda exchange: None if self._state(exchange) in ends else exchange.outline(),
            within_s=within_s,
            every_s=within_s / LOOKS,
            patience=Patience(self.world.pause, self.world.remaining_s, clock=lambda: -self.world.remaining_s()),
        )
        looks = self.exchanges[first:]
        state = next((state for one in reversed(looks) if (state := self._state(one)) is not None), None)
        return {
            "state": state,
            "unread": document_of(looks[-1]).fault or f"nothing at {self.job.status}",
            "took_s": round(started - self.world.remaining_s(), 3),
            "cut": state not in ends and started < within_s,
        }

    async def _clean_up(self, job_id: str) -> str | None:
        """Remove the job even while the run is being stopped; return what went wrong with that."""
        if self.job.cleanup_path is None:
            return None
        if self.permits.remove is None:
            return f"DELETE {self.job.cleanup_path} is not allowed by the environment file"
        url = self._named(self.job.cleanup_path, job_id)
        limit_s = self.world.environment.limits.timeout_s
        with anyio.move_on_after(limit_s, shield=True):
            removed = await self._send(Request("DELETE", url, headers=self.headers, write=self.permits.remove))
            return None if removed.status in GONE else removed.outline()
        return f"no answer within {limit_s:g} s"

    def _backlog(self, before: Exchange, after: Exchange) -> dict[str, Any]:
        """Return how deep the queue was before and after, and whether its oldest job is older than the deploy."""
        depths = [self.probe.depth(before), self.probe.depth(after)]
        if None in depths:
            return {}
        return {"depths": depths, "over_s": after.at - before.at, "old": self.probe.from_before(after)}

    async def _report(self) -> Exchange:
        headers = await role_headers(self.world, self.probe.queue.role)
        return await self.world.http.send(Request("GET", self.probe.url, headers=headers))

    async def _send(self, request: Request) -> Exchange:
        self.exchanges.append(await self.world.http.send(request))
        return self.exchanges[-1]

    def _state(self, exchange: Exchange) -> str | None:
        state = find(self.job.status, document_of(exchange).value)
        return state if isinstance(state, str) else None

    def _named(self, path: str, job_id: str) -> str:
        return self.url + path.replace("{id}", quote(job_id, safe=""))


def _id(found: Any) -> str | None:
    plausible = isinstance(found, (str, int)) and not isinstance(found, bool) and found != ""
    return str(found) if plausible else None
