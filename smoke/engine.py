"""
Make all HTTP checks of one environment at once.

One event loop in a background thread observes; pytest items merely wait for their finding. Converging comes first and
happens once per run, whichever process gets there first; then every check looks, and looks again after a pause if it
did not pass. One deadline bounds everything.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import RLock
from time import monotonic
from typing import Any

import anyio
import anyio.to_thread
from anyio.from_thread import BlockingPortal, start_blocking_portal

from smoke.checks._check import Check, Observation
from smoke.checks._world import World
from smoke.verdict.finding import Finding, Judgement
from smoke.verdict.words import Cause, Outcome, Stage

Once = Callable[[str, Callable[[], Any]], Any]


def reserve_s(budget_s: float) -> float:
    """Return what is kept back from all other checks, so that the last look at the release fits into the budget."""
    return min(3.0, 0.1 * budget_s)


@dataclass
class Engine:
    """
    Observe the checks of one environment in the background.

    *started* is the run's start and *deadline* its end, both on the monotonic clock in seconds. *once* does something
    once per run, across processes (see `smoke.once`). *publish* gets each finding, from the background thread; *keep*
    stores the evidence of a check and returns its paths.
    """

    world: World
    checks: Sequence[Check]
    started: float
    deadline: float
    once: Once
    publish: Callable[[Finding], None]
    keep: Callable[[Check, Sequence[Observation]], tuple[str, ...]]
    _futures: dict[str, Future[Finding]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)
    _context: AbstractContextManager[BlockingPortal] | None = None
    _portal: BlockingPortal | None = None
    _settled: Future[bool] | None = None

    def start(self) -> None:
        """Start the background thread."""
        self._context = start_blocking_portal()
        self._portal = self._context.__enter__()

    def close(self) -> None:
        """Cancel what is still going on and end the thread."""
        if self._context is not None and self._portal is not None:
            self._portal.start_task_soon(self._portal.stop, True).result()
            self._context.__exit__(None, None, None)
            self._context = self._portal = None

    def settled(self) -> bool:
        """Wait until converging has ended; True if every service serves the release."""
        return self._converging().result()

    def look(self, wanted: Iterable[str]) -> None:
        """Start observing the checks with these ids, all at once; converging comes first."""
        self._converging()
        names = set(wanted)
        for check in self.checks:
            if check.id in names and check.stage not in {Stage.CONVERGE, Stage.CONFIRM}:
                self._launch(check)

    def confirm(self) -> None:
        """Make the checks of the confirm stage and wait for them."""
        for future in [self._launch(one) for one in self.checks if one.stage is Stage.CONFIRM]:
            future.exception()

    def finding(self, check_id: str) -> Finding:
        """Wait for the finding of one check; starts it if nobody did. Raises what a broken check raised."""
        check = next(one for one in self.checks if one.id == check_id)
        if check.stage is Stage.CONVERGE:
            self.settled()
            return self._futures[check_id].result()
        return self._launch(check).result()

    def _converging(self) -> Future[bool]:
        with self._lock:
            if self._settled is None:
                self._settled = self._call(self._converge)
            return self._settled

    def _launch(self, check: Check) -> Future[Finding]:
        with self._lock:
            if check.id not in self._futures:
                self._converging()
                self._futures[check.id] = self._call(self._in_turn, check)
                self._futures[check.id].add_done_callback(lambda done: self._report(check, done))
            return self._futures[check.id]

    def _call(self, function: Callable[..., Any], *arguments: object) -> Future[Any]:
        if self._portal is None:
            raise RuntimeError("the engine was not started")
        return self._portal.start_task_soon(function, *arguments)

    def _report(self, check: Check, done: Future[Finding]) -> None:
        if not done.cancelled():
            self.publish(_of(check, done))

    async def _converge(self) -> bool:
        stored = await anyio.to_thread.run_sync(self.once, "converge", self._settle, abandon_on_cancel=True)
        findings = [Finding.from_json(one) for one in stored]
        for finding in findings:
            future: Future[Finding] = Future()
            future.set_result(finding)
            self._futures[finding.check] = future
            self.publish(finding)
        return all(one.outcome is Outcome.PASSED for one in findings if one.gating)

    def _settle(self) -> list[dict[str, Any]]:
        """Make the converge stage; runs in a worker thread, while the file lock is held."""
        converging = [one for one in self.checks if one.stage is Stage.CONVERGE]
        futures = [(one, self._call(self._look, one)) for one in converging]
        return [_of(check, future).to_json() for check, future in futures]

    async def _in_turn(self, check: Check) -> Finding:
        if not check.independent and not await self._wait_until_settled():
            return _skipped(check, "not looked at: the release did not settle", self._since_start())
        return await self._look(check)

    async def _wait_until_settled(self) -> bool:
        settled: Future[Any] | None = self._settled  # no lock here: who holds it may be waiting for this very loop
        if settled is None:
            raise RuntimeError("a check was launched before converging")
        return bool(await asyncio.shield(asyncio.wrap_future(settled)))

    async def _look(self, check: Check) -> Finding:
        began, rounds = monotonic(), list[Observation]()
        judgement: Judgement | None = None
        reserved = 0.0 if check.stage is Stage.CONFIRM else reserve_s(self.world.environment.budget_s)
        with anyio.move_on_after(max(0.0, self.deadline - reserved - began)):
            while judgement is None or self._again(check, judgement, len(rounds)):
                if rounds:
                    await self.world.pause(self.world.environment.confirm.pause_s)
                rounds.append(await check.observe(self.world, len(rounds) + 1))
                judgement = _judge(check, rounds)
            return self._found(check, judgement, rounds, began)
        return self._found(check, _out_of_budget(judgement, self.world.environment.budget_s), rounds, began)

    def _found(self, check: Check, judgement: Judgement, rounds: Sequence[Observation], began: float) -> Finding:
        finding = _finding(check, judgement, rounds, began - self.started, monotonic() - began)
        if finding.outcome in {Outcome.PASSED, Outcome.SKIPPED}:
            return finding
        return replace(finding, evidence=self.keep(check, rounds))

    def _again(self, check: Check, judgement: Judgement, rounds: int) -> bool:
        """Look again at what failed, once; and further while it is unclear (law 8)."""
        if check.stage is Stage.CONVERGE or judgement.outcome in {Outcome.PASSED, Outcome.SKIPPED}:
            return False
        if judgement.unclear:
            return rounds < self.world.environment.confirm.rounds
        return judgement.outcome is Outcome.FAILED and rounds == 1

    def _since_start(self) -> float:
        return monotonic() - self.started


def _judge(check: Check, rounds: Sequence[Observation]) -> Judgement:
    obstacle = rounds[-1].obstacle
    if obstacle is not None:
        message, cause = obstacle
        return Judgement(Outcome.UNDECIDED, message, Cause(cause), facts=rounds[-1].facts)
    return check.judge(rounds)


def _out_of_budget(last: Judgement | None, budget_s: float) -> Judgement:
    ended = f"the budget of {budget_s:g} s ended before it was finished"
    if last is not None and last.outcome is Outcome.FAILED:
        ended = f"{last.message}; seen once, {ended}"
    return Judgement(Outcome.UNDECIDED, ended, Cause.SUITE, facts={"unmade": "out of budget"})


def _of(check: Check, future: Future[Finding]) -> Finding:
    """Return the future's finding; a check that broke is undecided and says how it broke."""
    error = future.exception()
    if error is None:
        return future.result()
    message = f"the check itself broke: {type(error).__name__}: {error}"
    return _finding(check, Judgement(Outcome.UNDECIDED, message, Cause.SUITE), [], 0.0, 0.0)


def _skipped(check: Check, message: str, started_s: float) -> Finding:
    judgement = Judgement(Outcome.SKIPPED, message, Cause.SUITE, facts={"blocked_by": "converge"})
    return _finding(check, judgement, [], started_s, 0.0)


def _finding(
    check: Check, judgement: Judgement, rounds: Sequence[Observation], started_s: float, duration_s: float
) -> Finding:
    return Finding(
        check=check.id,
        stage=check.stage,
        outcome=judgement.outcome,
        message=judgement.message,
        service=check.service,
        gating=check.gating,
        cause=judgement.cause,
        expected=judgement.expected,
        found=judgement.found,
        rounds=len(rounds),
        samples=sum(len(one.exchanges) for one in rounds),
        started_s=started_s,
        duration_s=duration_s,
        reproduce=check.reproduce(),
        facts=judgement.facts,
    )
