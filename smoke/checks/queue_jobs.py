"""A harmless job goes through the queue from end to end within its deadline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote
from uuid import uuid4

import anyio

from smoke.checks._answers import find
from smoke.checks._check import Check, Observation
from smoke.checks._json import Document, document_of
from smoke.checks._obstacle import obstacle, role_headers
from smoke.environment import Environment
from smoke.environment.queues import QueueJob
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from smoke.waiting import Patience, wait_until

if TYPE_CHECKING:
    from smoke.checks._world import World

TAKEN = (200, 201, 202)
GONE = (200, 202, 204, 404, 410)
LOOKS = 20
"""A job is asked for about this often until its deadline."""


@dataclass(frozen=True, kw_only=True)
class QueueJobCheck(Check):
    """A harmless job goes through the queue from end to end within its deadline."""

    kind: ClassVar[str] = "queue-job"
    stage: ClassVar[Stage] = Stage.INTEGRATION

    job: QueueJob
    url: str
    write: str | None
    """Name of the write that allows the job; None if the environment file allows none."""
    cleanup_write: str | None = None
    cleanup_s: float = 10.0

    async def observe(self, world: "World", round_number: int) -> Observation:  # noqa: ARG002 - every job is a new one
        """Send one job, wait for its end or its deadline, and remove it, whatever happened."""
        if self.write is None:
            return Observation(facts={"forbidden": True})
        exchanges: list[Exchange] = []
        try:
            headers = await role_headers(world, self.job.role)
            exchanges.append(await world.http.send(self._submission(headers)))
            job_id = self._job_id(exchanges[0])
            if job_id is None:
                return Observation(tuple(exchanges), {"answer": exchanges[0].outline()})
            try:
                seen = await self._follow(world, headers, job_id, exchanges)
            finally:
                left = await self._clean_up(world, headers, job_id)
        except SmokeError as error:
            return obstacle(error, tuple(exchanges))
        return Observation(tuple(exchanges), {**seen, **({"left": left} if left else {})})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest job; where an earlier one failed, the majority of up to three decides."""
        if rounds[-1].facts.get("forbidden"):
            message = f"no job was sent: POST {self.job.path} is not allowed by the environment file"
            return Judgement(Outcome.SKIPPED, message, facts={"waived": "not allowed by the environment file"})
        if rounds[-1].facts.get("cut"):
            message = "the run's budget ended before the job's deadline"
            return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, facts=self._evidence(rounds[-1]))
        faults = [self._fault(one) for one in rounds if not one.obstacle]
        last = self._one(rounds[-1], faults[-1])
        failed = sum(1 for fault in faults if fault)
        if faults[-1] or not failed:
            return last
        if failed * 2 >= len(faults):
            message = f"{failed} of {len(faults)} jobs did not get through: {next(filter(None, faults))}"
            return replace(last, outcome=Outcome.UNDECIDED, cause=Cause.RELEASE, message=message, unclear=True)
        noted = f"{failed} of {len(faults)} jobs did not get through: {next(filter(None, faults))}"
        return replace(last, facts={**last.facts, "noted": noted})

    def reproduce(self) -> str:
        """Return the submission; the role's session is left out."""
        return f"curl -X POST '{self.url}{self.job.path}'"

    def _one(self, observation: Observation, fault: str | None) -> Judgement:
        facts = self._evidence(observation)
        expected = f"{self.job.done[0]} within {self.job.deadline_s:g} s"
        if fault:
            facts["signature"] = fault
            return Judgement(Outcome.FAILED, fault, expected=expected, found=fault, facts=facts)
        found = f"the job was {observation.facts['state']} after {observation.facts['took_s']:.1f} s"
        return Judgement(Outcome.PASSED, found, expected=expected, found=found, facts=facts)

    def _fault(self, observation: Observation) -> str | None:
        facts = observation.facts
        if "answer" in facts:
            fault = document_of(observation.exchanges[0], TAKEN).fault
            return f"the job was not accepted: {fault or 'no id in the answer'}"
        if facts["state"] in self.job.done:
            return None
        if facts["state"] in self.job.failed:
            return f"the job ended as {facts['state']!r}"
        if facts["state"] is None:
            return f"the job's state could not be read within {self.job.deadline_s:g} s: {facts['unread']}"
        return f"the job is still {facts['state']!r} after {self.job.deadline_s:g} s"

    def _evidence(self, observation: Observation) -> dict[str, Any]:
        failures = [one.failure.kind.value for one in observation.exchanges if one.failure]
        facts: dict[str, Any] = {
            "failure_kinds": sorted(set(failures)),
            "answered": any(one.status for one in observation.exchanges),
            "local": any(one.local for one in observation.exchanges),
        }
        if "took_s" in observation.facts:
            facts["took_s"] = observation.facts["took_s"]
        if observation.facts.get("left"):
            facts["noted"] = f"the job could not be removed afterwards: {observation.facts['left']}"
        return facts

    def _submission(self, headers: dict[str, str]) -> Request:
        unique = f"smokegate-{uuid4().hex}"
        body = {
            key: value.replace("{unique}", unique) if isinstance(value, str) else value
            for key, value in self.job.body.items()
        }
        named = {**headers, "Idempotency-Key": unique}
        return Request("POST", self.url + self.job.path, headers=named, json=body, write=self.write)

    def _job_id(self, exchange: Exchange) -> str | None:
        found = find(self.job.id, document_of(exchange, TAKEN).value)
        return str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) and found != "" else None

    async def _follow(
        self, world: "World", headers: dict[str, str], job_id: str, exchanges: list[Exchange]
    ) -> dict[str, Any]:
        """Ask for the job until it ends; an answer that fails on the way is asked again, as this is waiting."""
        request = Request("GET", self.url + self._named(self.job.status_path, job_id), headers=headers)
        started = world.remaining_s()
        ends = {*self.job.done, *self.job.failed}

        async def look() -> Exchange:
            exchanges.append(await world.http.send(request))
            return exchanges[-1]

        await wait_until(
            look,
            missing=lambda exchange: None if self._state(exchange) in ends else exchange.outline(),
            within_s=self.job.deadline_s,
            every_s=self.job.deadline_s / LOOKS,
            patience=Patience(world.pause, world.remaining_s, clock=lambda: -world.remaining_s()),
        )
        states = [state for state in map(self._state, exchanges[1:]) if state is not None]
        unread = next((self._read(one).fault for one in reversed(exchanges[1:]) if self._read(one).fault), None)
        state = states[-1] if states else None
        return {
            "cut": state not in ends and started < self.job.deadline_s,
            "state": state,
            "unread": unread or f"nothing at {self.job.status}",
            "took_s": round(started - world.remaining_s(), 3),
        }

    def _state(self, exchange: Exchange) -> str | None:
        state = find(self.job.status, self._read(exchange).value)
        return state if isinstance(state, str) else None

    @staticmethod
    def _read(exchange: Exchange) -> Document:
        return document_of(exchange)

    async def _clean_up(self, world: "World", headers: dict[str, str], job_id: str) -> str | None:
        """Remove the job even when the run is being stopped; return what went wrong with that."""
        if self.job.cleanup_path is None:
            return None
        if self.cleanup_write is None:
            return f"DELETE {self.job.cleanup_path} is not allowed by the environment file"
        url = self.url + self._named(self.job.cleanup_path, job_id)
        request = Request("DELETE", url, headers=headers, write=self.cleanup_write)
        with anyio.move_on_after(self.cleanup_s, shield=True):
            removed = await world.http.send(request)
            return None if removed.status in GONE else removed.outline()
        return f"no answer within {self.cleanup_s:g} s"

    @staticmethod
    def _named(path: str, job_id: str) -> str:
        return path.replace("{id}", quote(job_id, safe=""))


def checks(environment: Environment, release: Release) -> Iterator[Check]:  # noqa: ARG001 - the same for every release
    """Return one check for each queue that describes a job."""
    for name, queue in environment.queues.items():
        if queue.job:
            yield QueueJobCheck(
                subject=name,
                service=queue.job.service,
                job=queue.job,
                url=environment.services[queue.job.service].url.rstrip("/"),
                write=_allowed(environment, queue.job, "POST", queue.job.path),
                cleanup_write=_allowed(environment, queue.job, "DELETE", queue.job.cleanup_path),
                cleanup_s=environment.limits.timeout_s,
            )


def _allowed(environment: Environment, job: QueueJob, method: str, path: str | None) -> str | None:
    """Return the name of the write that allows *method* on *path*, if any."""
    asked = (path or "").replace("{id}", "x")
    return next(
        (one.name for one in environment.writes if one.service == job.service and one.covers(method, asked)), None
    )
