"""A queue is well, as its own server tells: what waits, for how long, what failed, and who works."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from smoke.checks._backlog import BACKLOG, worked_off
from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.checks._queue_faults import Expected, faults_of, in_words, remarks_of
from smoke.dependencies.patience import PatientSender
from smoke.dependencies.postgres import NotRead
from smoke.dependencies.queue_server import Asking, read_queue
from smoke.dependencies.queue_state import QueueState
from smoke.environment import Environment
from smoke.environment.queues import QueueDirect
from smoke.errors import SmokeError
from smoke.verdict.evidence import BETWEEN_FAULTS
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

ABSENT = "nothing of the queue is there"


@dataclass(frozen=True, kw_only=True)
class QueueDirectCheck(Check):
    """A queue is well, as its own server tells: what waits, for how long, what failed, and who works."""

    kind: ClassVar[str] = "queue-direct"
    stage: ClassVar[Stage] = Stage.INTEGRATION

    direct: QueueDirect
    wanted: Expected
    timeout_s: float

    @property
    def queue(self) -> str:
        """The queue's name at its server."""
        return self.direct.queue or self.subject

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Read the queue at its server."""
        before = world.before(self.id)
        try:
            url = world.secret(self.direct.url)
        except SmokeError as error:
            return obstacle(error)
        sender = PatientSender(world.http, world.pause, world.remaining_s)
        asking = Asking(self.direct, url, self.queue, self.wanted.since, self.timeout_s, sender, world.now, world.pause)
        state = await read_queue(asking)
        if isinstance(state, NotRead):
            return _unread(state, before)
        known = {"outcome": before.outcome.value, "measured": dict(before.measured)} if before else {}
        return Observation(facts={"state": state.to_json(), "before": known})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest state, which is the same for everybody; an earlier one tells how it moves."""
        seen = [one for one in rounds if not one.obstacle]
        states, before = [QueueState.from_json(dict(one.facts["state"])) for one in seen], seen[-1].facts["before"]
        last = states[-1]
        found, facts = in_words(last, self.wanted), self._facts(states)
        if not last.exists and not last.workers:
            return self._absent(before, facts)
        faults, remarks = faults_of(last, self.wanted), remarks_of(last, self.wanted)
        earlier = sorted({fault for one in states[:-1] for fault in faults_of(one, self.wanted)} - set(faults))
        noted = [*remarks, *([f"at first {BETWEEN_FAULTS.join(earlier)}"] if earlier else [])]
        facts |= {"noted": BETWEEN_FAULTS.join(noted)} if noted else {}
        if not faults and self.wanted.workers and last.workers is None and not last.at_work:
            message = f"{last.workers_untold}, and no job shows one at work, so workers could not be counted; {found}"
            return Judgement(Outcome.UNDECIDED, message, Cause.CREDENTIALS, self.wanted.in_words, found, facts)
        if not faults:
            return Judgement(Outcome.PASSED, found, None, self.wanted.in_words, found, facts)
        said = BETWEEN_FAULTS.join(faults)
        facts["signature"] = said
        failed = Judgement(Outcome.FAILED, f"{said}: {found}", None, self.wanted.in_words, found, facts)
        return self._softened(failed, states, before) if set(faults) <= set(BACKLOG) else failed

    def reproduce(self) -> str:
        """Return one read of the queue, with the name of the address's variable in place of its value."""
        variable = f'"${self.direct.url.env}"' if self.direct.url.env else "ADDRESS"
        if self.direct.kind == "rabbitmq":
            vhost, queue = quote(self.direct.vhost, safe=""), quote(self.queue, safe="")
            return f"curl {variable}/api/queues/{vhost}/{queue}"
        first = f"{self.direct.prefix or 'bull'}:{self.queue}:wait"
        key = f"{self.direct.prefix or ''}{self.queue}" if self.direct.kind == "celery" else first
        return f"redis-cli -u {variable} LLEN '{key}'"

    def _absent(self, before: Mapping[str, Any], facts: Mapping[str, Any]) -> Judgement:
        expected = self.wanted.in_words
        if before.get("outcome") == Outcome.PASSED:
            message = (
                f"{ABSENT} any more, but it was before the deploy: is its name, prefix or database another one now?"
            )
            return Judgement(Outcome.FAILED, message, None, expected, ABSENT, {**facts, "signature": ABSENT})
        elsewhere = "; BullMQ 6 may keep it in PostgreSQL" if self.direct.kind == "bullmq" else ""
        message = f"{ABSENT}, nor a worker: check kind, queue, prefix and database{elsewhere}"
        return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, expected, ABSENT, facts)

    def _softened(self, failed: Judgement, states: Sequence[QueueState], before: Mapping[str, Any]) -> Judgement:
        first, last, measured = states[0], states[-1], before.get("measured", {})
        then, usual = measured.get("waiting"), measured.get("drained_per_s")
        since = self.wanted.since
        born_before = since is not None and last.oldest_s is not None and last.at - last.oldest_s < since
        old = born_before or (isinstance(then, int | float) and then >= first.waiting)
        paces = _pace(states), usual if isinstance(usual, int | float) else None
        return worked_off(failed, (first.waiting, last.waiting), paces, old=old)

    def _facts(self, states: Sequence[QueueState]) -> dict[str, Any]:
        told = {name: value for name, value in states[-1].to_json().items() if value is not None and value != ""}
        numbers = ("waiting", "delayed", "active", "failed", "oldest_s", "workers")
        measured = {name: told[name] for name in numbers if name in told}
        pace = _pace(states)
        return {"queue": told, "measured": {**measured, **({} if pace is None else {"drained_per_s": pace})}}


def _pace(states: Sequence[QueueState]) -> float | None:
    over_s = states[-1].at - states[0].at
    return round((states[0].waiting - states[-1].waiting) / over_s, 3) if over_s > 0 else None


def _unread(answer: NotRead, before: Before | None) -> Observation:
    """Return the obstacle; a server that was read before the deploy, and no more, is down rather than out of reach."""
    cause = answer.cause or Cause.SUITE
    if before is None or before.outcome is not Outcome.PASSED or cause is not Cause.RUNNER:
        return Observation(obstacle=(answer.message, cause.value))
    return Observation(obstacle=(f"{answer.message}; before the deploy it was read", Cause.DEPENDENCY.value))


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each queue whose server may be asked."""
    for name, queue in environment.queues.items():
        if queue.direct:
            yield QueueDirectCheck(
                subject=name,
                service=queue.service,
                gating=queue.direct.gating,
                depends_on=queue.depends_on,
                direct=queue.direct,
                wanted=Expected(queue.limits, queue.direct.workers, release.deployed_at),
                timeout_s=environment.dependencies.timeout_s,
            )
