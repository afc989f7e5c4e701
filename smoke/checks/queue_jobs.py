"""A harmless job goes through the queue from end to end within its deadline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._job_run import JobRun, Permits
from smoke.checks._obstacle import obstacle
from smoke.checks._queue_probe import QueueProbe
from smoke.checks._sampled import transport_facts
from smoke.environment import Environment
from smoke.environment.queues import QueueJob
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

NOT_ALLOWED = "not allowed by the environment file"


@dataclass(frozen=True, kw_only=True)
class QueueJobCheck(Check):
    """A harmless job goes through the queue from end to end within its deadline."""

    kind: ClassVar[str] = "queue-job"
    stage: ClassVar[Stage] = Stage.INTEGRATION

    job: QueueJob
    url: str
    worker: str
    """The service that works through the queue."""
    permits: Permits
    probe: QueueProbe

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Send one job, wait for its end or its deadline, and remove it, whatever happened."""
        if self.permits.submit is None:
            return Observation(facts={"waived": NOT_ALLOWED})
        before = world.before(self.id)
        run = JobRun(world, self.job, self.url, self.permits, self.probe, before is not None, _took_s(before))
        try:
            facts = await run.make()
        except SmokeError as error:
            return obstacle(error, tuple(run.exchanges))
        return Observation(tuple(run.exchanges), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest job; where an earlier one failed, the majority of up to three decides."""
        last = rounds[-1].facts
        if "waived" in last:
            message = f"no job was sent: POST {self.job.path} is {NOT_ALLOWED}"
            return Judgement(Outcome.SKIPPED, message, facts={"waived": NOT_ALLOWED})
        if last.get("cut"):
            message = "the run's budget ended before the job's deadline"
            return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, facts=self._evidence(rounds[-1]))
        # One connection that was lost on the way says nothing about the queue; two are no chance.
        lost = [one for one in rounds if one.facts.get("unanswered")]
        counted = [one for one in rounds if not one.obstacle and not (len(lost) == 1 < len(rounds) and one in lost)]
        faults = [fault for one in counted if (fault := self._fault(one))]
        if not faults:
            return self._passed(counted[-1])
        newest = next(one for one in reversed(counted) if self._fault(one))
        if 2 * len(faults) > len(counted) and (len(faults) > 1 or len(rounds) == 1):
            return self._failed(newest, faults[-1])
        said = f"{len(faults)} of {len(rounds)} jobs did not get through: {faults[-1]}"
        if 2 * len(faults) >= len(counted):
            facts = {**self._evidence(newest), "signature": faults[-1]}
            return Judgement(Outcome.UNDECIDED, said, Cause.RELEASE, self._expected, faults[-1], facts, unclear=True)
        passed = self._passed(next(one for one in reversed(counted) if not self._fault(one)))
        return replace(passed, facts={**passed.facts, "noted": said})

    def reproduce(self) -> str:
        """Return the submission; the role's session is left out."""
        return f"curl -X POST '{self.url}{self.job.path}'"

    def _passed(self, observation: Observation) -> Judgement:
        found = f"the job was {observation.facts['state']} after {observation.facts['took_s']:.1f} s"
        facts = self._evidence(observation)
        if "depths" not in observation.facts:
            return Judgement(Outcome.PASSED, found, expected=self._expected, found=found, facts=facts)
        before, after = observation.facts["depths"]
        said = f"{found}, behind a backlog that is worked off: {before:g} waited before, {after:g} then"
        if observation.facts["old"]:
            noted = f"{said}; it was there before the deploy"
            return Judgement(Outcome.PASSED, noted, None, self._expected, found, {**facts, "noted": noted})
        return Judgement(Outcome.UNDECIDED, said, Cause.RELEASE, self._expected, found, facts)

    def _failed(self, observation: Observation, fault: str) -> Judgement:
        """A late job fails, but not behind a backlog that shrinks: its worker works."""
        facts = {**self._evidence(observation), "signature": fault}
        failed = Judgement(Outcome.FAILED, fault, None, self._expected, fault, facts)
        before, after = observation.facts.get("depths", (0, 0))
        if after >= before:
            return failed
        cause = Cause.PREEXISTING if observation.facts["old"] else Cause.RELEASE
        message = f"{fault}, but the worker works through a backlog: {before:g} waited before, {after:g} now"
        return replace(failed, outcome=Outcome.UNDECIDED, cause=cause, message=message)

    @property
    def _expected(self) -> str:
        return f"{self.job.done[0]} within {self.job.deadline_s:g} s"

    def _fault(self, observation: Observation) -> str | None:
        facts = observation.facts
        if "answer" in facts:
            return f"the job was not accepted: {facts['answer']}"
        if facts["state"] in self.job.done:
            return None
        if facts["state"] in self.job.failed:
            return f"the job ended as {facts['state']!r}"
        if facts["state"] is None:
            return f"the job's state could not be read within {self.job.deadline_s:g} s: {facts['unread']}"
        return f"the job is still {facts['state']!r} after {self.job.deadline_s:g} s"

    def _evidence(self, observation: Observation) -> dict[str, Any]:
        facts = transport_facts(observation.exchanges)
        facts.update({name: observation.facts[name] for name in ("took_s", "depths") if name in observation.facts})
        if observation.facts.get("state") is not None:
            # It was taken, and its state is told: what does the jobs may be at fault as well as what takes them.
            facts["through"] = [self.worker]
        if observation.facts.get("left"):
            facts["noted"] = f"the job could not be removed afterwards: {observation.facts['left']}"
        facts["measured"] = {name: facts[name] for name in ("took_s", "depths") if name in facts}
        return facts


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each queue that describes a job."""
    for name, queue in environment.queues.items():
        job = queue.job
        if job:
            permits = Permits(
                _allowed(environment, job, "POST", job.path), _allowed(environment, job, "DELETE", job.cleanup_path)
            )
            yield QueueJobCheck(
                subject=name,
                service=job.service,
                depends_on=queue.depends_on,
                job=job,
                worker=queue.service,
                url=environment.services[job.service].url,
                permits=permits,
                probe=QueueProbe.of(queue, environment, release),
            )


def _took_s(before: Before | None) -> float:
    """Return how long a job took that got through before the deploy, 0 if none did."""
    told = before.measured.get("took_s") if before is not None and before.outcome is Outcome.PASSED else None
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) else 0.0


def _allowed(environment: Environment, job: QueueJob, method: str, path: str | None) -> str | None:
    """Return the name of the write that allows *method* on *path*, if any."""
    asked = (path or "").replace("{id}", "x")
    return next(
        (one.name for one in environment.writes if one.service == job.service and one.covers(method, asked)), None
    )
