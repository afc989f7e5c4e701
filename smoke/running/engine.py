"""
Make all HTTP checks of one environment at once.

One event loop in a background thread observes; pytest items merely wait for their finding. Converging comes first and
happens once per run, whichever process gets there first; then every check looks, and looks again after a pause if it
did not pass. One deadline bounds everything.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import RLock, Thread
from time import monotonic
from typing import Any

import anyio
import anyio.to_thread
from anyio.from_thread import BlockingPortal, start_blocking_portal

from smoke.checks._check import Check, Observation
from smoke.checks._world import World
from smoke.http.exchange import Exchange, Request
from smoke.http.pacing import RANK
from smoke.running.findings import carrying, judge, look, made, out_of_budget, outcome_of, pass_on, skipped
from smoke.verdict.finding import Finding, Judgement
from smoke.verdict.words import Outcome, Stage

Once = Callable[[str, Callable[[], Any]], Any]

CLOSING_S = 1.0
"""What cancelling may take, in seconds."""


def reserve_s(budget_s: float) -> float:
    """Return what is kept back from all other checks, so that the last look at the release fits into the budget."""
    return min(3.0, 0.1 * budget_s)


@dataclass
class Engine:
    """
    Observe the checks of one environment in the background.

    *started* is the run's start and *deadline* its end, both on the monotonic clock in seconds. *once* does something
    once per run, across processes (`smoke.running.once`). *publish* gets each finding, from the background thread, and
    *provisional* a failed one that is looked at again before it counts; *keep* stores the evidence of a check and
    returns its paths.
    """

    world: World
    checks: Sequence[Check]
    started: float
    deadline: float
    once: Once
    publish: Callable[[Finding], None]
    keep: Callable[[Check, Sequence[Observation]], tuple[str, ...]]
    provisional: Callable[[Finding], None] = lambda _: None
    _futures: dict[str, Future[Finding]] = field(default_factory=dict)
    _looked: set[str] = field(default_factory=set)
    _lock: RLock = field(default_factory=RLock)
    _context: AbstractContextManager[BlockingPortal] | None = None
    _portal: BlockingPortal | None = None
    _settled: Future[bool] | None = None

    def start(self) -> None:
        """Start the background thread."""
        self._context = start_blocking_portal()
        self._portal = self._context.__enter__()

    def close(self) -> bool:
        """
        Cancel what is still going on and end the thread.

        Returns False when it does not end: a name that is being looked up cannot be cancelled, only left alone.
        """
        if self._context is None or self._portal is None:
            return True
        ending = Thread(target=_end, args=(self._context, self._portal), daemon=True)
        self._context = self._portal = None
        ending.start()
        ending.join(CLOSING_S)
        return not ending.is_alive()

    def settled(self) -> bool:
        """
        Wait until converging has ended; True if the checks may look.

        They may while a release merely does not name itself: that keeps it from passing, and hides no broken page.
        """
        return self._converging().result()

    def look(self, wanted: Iterable[str]) -> None:
        """Start observing the checks with these ids, all at once; converging comes first."""
        self._converging()
        names = set(wanted) - self._looked
        self._looked |= names
        for check in self.checks if names else ():
            if check.id in names and check.stage not in {Stage.CONVERGE, Stage.CONFIRM}:
                self._launch(check)

    def confirm(self) -> list[Future[Finding]]:
        """Start the checks of the confirm stage; returns their findings to come."""
        return [self._launch(one) for one in self.checks if one.stage is Stage.CONFIRM]

    def finding(self, check_id: str) -> Finding:
        """Wait for the finding of one check; starts it if nobody did. Raises what a broken check raised."""
        check = self._by_id[check_id]
        if check.stage is Stage.CONVERGE:
            self.settled()
            return self._futures[check_id].result()
        return self._launch(check).result()

    def ask(self, request: Request, times: int) -> tuple[Exchange, ...]:
        """Send *request* so often, each time on a fresh connection, for a journey; raises WriteRefused."""
        answers: Future[tuple[Exchange, ...]] = self._call(self.world.http.sample, request, times)
        return answers.result()

    @cached_property
    def _by_id(self) -> dict[str, Check]:
        return {one.id: one for one in self.checks}

    def _converging(self) -> Future[bool]:
        with self._lock:
            if self._settled is None:
                self._settled = self._call(self._converge)
            return self._settled

    def _launch(self, check: Check) -> Future[Finding]:
        with self._lock:
            if check.id not in self._futures:
                self._converging()
                told: Future[Finding] = Future()
                self._futures[check.id] = told
                self._call(self._in_turn, check).add_done_callback(lambda done: self._report(check, done, told))
            return self._futures[check.id]

    def _call(self, function: Callable[..., Any], *arguments: object) -> Future[Any]:
        if self._portal is None:
            raise RuntimeError("the engine was not started")
        return self._portal.start_task_soon(function, *arguments)

    def _report(self, check: Check, done: Future[Finding], told: Future[Finding]) -> None:
        """Publish what came of a check, and only then let those go on who wait for it: the record may end with them."""
        try:
            if not done.cancelled():
                self.publish(outcome_of(check, done))
        finally:
            pass_on(done, told)

    async def _converge(self) -> bool:
        findings: list[Finding] | None = None
        with anyio.move_on_after(self._left_s(0.0)):  # another process may hold the lock, and hang
            stored = await anyio.to_thread.run_sync(self.once, "converge", self._settle, abandon_on_cancel=True)
            findings = [Finding.from_json(one) for one in stored]
        for finding in self._cut_off() if findings is None else findings:
            future: Future[Finding] = Future()
            future.set_result(finding)
            self._futures[finding.check] = future
            if finding.service and finding.outcome is Outcome.PASSED:
                known = {**finding.facts.get("census", {}), "earlier": finding.facts.get("earlier", [])}
                self.world.memory.settled[finding.service] = known
            self.publish(finding)
        return findings is not None and all(_lets_look(one) for one in findings if one.gating)

    def _cut_off(self) -> list[Finding]:
        judgement = out_of_budget(None, self.world.environment.budget_s)
        return [
            made(one, judgement, [], 0.0, self._since_start()) for one in self.checks if one.stage is Stage.CONVERGE
        ]

    def _settle(self) -> list[dict[str, Any]]:
        """Make the converge stage; runs in a worker thread, while the file lock is held."""
        converging = [one for one in self.checks if one.stage is Stage.CONVERGE]
        futures = [(one, self._call(self._look, one)) for one in converging]
        return [outcome_of(check, future).to_json() for check, future in futures]

    async def _in_turn(self, check: Check) -> Finding:
        settled: bool | None = check.independent or None
        with anyio.move_on_after(self._left_s(self._reserved_s(check))):
            settled = settled or await self._wait_until_settled()
        if settled is None:
            ended = "had ended" if self._settled and self._settled.done() else "ended while the release was waited for"
            return skipped(check, f"not looked at: the budget {ended}", self._since_start())
        if not settled:
            return skipped(check, "not looked at: the release did not settle", self._since_start())
        return await self._look(check)

    async def _wait_until_settled(self) -> bool:
        settled: Future[Any] | None = self._settled  # no lock here: who holds it may be waiting for this very loop
        if settled is None:
            raise RuntimeError("a check was launched before converging")
        return bool(await asyncio.shield(asyncio.wrap_future(settled)))

    async def _look(self, check: Check) -> Finding:
        RANK.set(check.rank)  # for this task and what it starts
        began, rounds = monotonic(), list[Observation]()
        judgement: Judgement | None = None
        with anyio.move_on_after(self._left_s(self._reserved_s(check))):
            while judgement is None or self._again(check, judgement, len(rounds)):
                if rounds and judgement is not None:
                    self._tell_early(check, judgement, rounds, began)
                    await self.world.pause(self.world.environment.confirm.pause_s)
                rounds.append(await look(check, self.world, len(rounds) + 1))
                judgement = judge(check, rounds)
            return self._found(check, judgement, rounds, began)
        return self._found(check, out_of_budget(judgement, self.world.environment.budget_s), rounds, began)

    def _tell_early(self, check: Check, judgement: Judgement, rounds: Sequence[Observation], began: float) -> None:
        if judgement.outcome is Outcome.FAILED and not judgement.unclear and len(rounds) == 1:
            self.provisional(made(check, judgement, rounds, began - self.started, monotonic() - began))

    def _reserved_s(self, check: Check) -> float:
        return 0.0 if check.stage is Stage.CONFIRM else reserve_s(self.world.environment.budget_s)

    def _left_s(self, reserved_s: float) -> float:
        return max(0.0, self.deadline - reserved_s - monotonic())

    def _found(self, check: Check, judgement: Judgement, rounds: Sequence[Observation], began: float) -> Finding:
        finding = made(check, judgement, rounds, began - self.started, monotonic() - began)
        finding = replace(finding, reproduce=carrying(finding.reproduce, self.world.environment, check.unsent))
        if finding.outcome in {Outcome.PASSED, Outcome.SKIPPED}:
            return finding
        with suppress(OSError):  # what was found counts, even where there is no room to keep the evidence
            finding = replace(finding, evidence=self.keep(check, rounds))
        return finding

    def _again(self, check: Check, judgement: Judgement, rounds: int) -> bool:
        """Look again at what failed, once in any case; and further while it is unclear (law 8)."""
        if check.stage is Stage.CONVERGE or check.watches or judgement.outcome in {Outcome.PASSED, Outcome.SKIPPED}:
            return False
        if judgement.outcome is Outcome.FAILED and rounds == 1:
            return True
        return judgement.unclear and rounds < self.world.environment.confirm.rounds

    def _since_start(self) -> float:
        return monotonic() - self.started


def _end(context: AbstractContextManager[BlockingPortal], portal: BlockingPortal) -> None:
    """End the loop's thread; waits for as long as the loop is busy."""
    portal.start_task_soon(portal.stop, True)
    context.__exit__(None, None, None)


def _lets_look(finding: Finding) -> bool:
    return finding.outcome is Outcome.PASSED or bool(finding.facts.get("untold"))
