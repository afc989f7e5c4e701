"""
What a person sees of one run, shown by a thread of its own.

Whoever reads us may be slow, or gone: a pipe that nobody empties must not keep the run, and one that is closed must not
break it.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TextIO

from smoke.outputs import github
from smoke.outputs.terminal import Terminal
from smoke.record import run_directory
from smoke.record.recorder import READER_GONE
from smoke.running.run import Run
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.words import Outcome, Stage, Word

if TYPE_CHECKING:
    from smoke.running.recall import Memory

LAST_WORDS_S = 2.0
"""How long the verdict may take to be shown, in seconds."""

TROUBLED = frozenset({Outcome.FAILED, Outcome.UNDECIDED})
"""Outcomes after which somebody will ask since when it has been so."""


class Display:
    """
    Shows the run of *plan* to whoever reads *stream*, in the order in which it is told.

    Several runs of a session share one stream, so that each is one block of it (see `smoke.outputs.status_line`).
    Without *progress* only the verdict is shown, since somebody else shows what happens.
    """

    def __init__(self, run: Run, plan: Plan, stream: TextIO, *, progress: bool = True) -> None:
        self._progress = progress
        self._primes = run.settings.prime
        self._run = run
        self._memory: Memory | None = None
        self._stream = stream
        self._terminal = Terminal.on(self._stream, os.environ)
        self._told: SimpleQueue[Callable[[], object]] = SimpleQueue()
        Thread(target=self._show, daemon=True).start()
        if progress:
            self._start(run, plan)

    def _start(self, run: Run, plan: Plan) -> None:
        stages = {stage: [one.id for one in plan.checks if one.stage is stage and one.selected] for stage in Stage}
        self._told.put(
            lambda: self._terminal.start(
                plan.environment,
                plan.release.commit,
                plan.release.previous,
                plan.budget_s,
                {stage: checks for stage, checks in stages.items() if checks},
                {name: service.replicas for name, service in run.environment.services.items()},
            )
        )

    def finding(self, finding: Finding) -> None:
        """Show one finding."""
        if self._progress:
            self._told.put(lambda: self._terminal.finding(finding))
        if finding.outcome in TROUBLED and not self._primes:
            self._told.put(self._remember)

    def verdict(self, verdict: Mapping[str, Any], directory: Path) -> None:
        """Show the verdict to people and to GitHub, and wait until it is shown, for a short while."""
        shown = Event()
        if self._primes:  # what is there before a deploy is no verdict on one
            self._told.put(self._terminal.close)
            self._told.put(shown.set)
            shown.wait(LAST_WORDS_S)
            return
        self._told.put(lambda: self._conclude(verdict, directory))
        self._told.put(lambda: self._publish(verdict, directory))
        self._told.put(shown.set)
        shown.wait(LAST_WORDS_S)

    def _remember(self) -> "Memory":
        if self._memory is None:
            from smoke.running.recall import Memory  # of what is sound nobody asks since when

            self._memory = Memory(
                self._run.directory, Path(self._run.settings.state), os.environ, self._run.environment.name
            )
        return self._memory

    def _conclude(self, verdict: Mapping[str, Any], directory: Path) -> None:
        since = "" if verdict["verdict"] == Word.PASS else self._remember().since(verdict)
        self._terminal.verdict(verdict, _shown(directory), since)

    def _publish(self, verdict: Mapping[str, Any], directory: Path) -> None:
        report = os.path.relpath(directory / "report.html")
        for warning in github.publish(verdict, report, os.environ, self._stream):
            self._stream.write(f"  note     {warning}\n")

    def _show(self) -> None:
        while True:
            say = self._told.get()
            try:
                say()
            except READER_GONE:
                continue  # what derives from the verdict is on disk; nobody is there to be told


def own_stdout() -> TextIO:
    """
    Return a stream of our own to the standard output.

    Who waits in a write to `sys.stdout` holds its lock, and Python could not end while the pipe is full.
    """
    stream = sys.stdout
    try:
        copy = os.dup(stream.fileno())
    except (OSError, ValueError, AttributeError):  # none, or one that a program put there
        return stream
    return os.fdopen(copy, "w", 1, stream.encoding, stream.errors)


def _shown(directory: Path) -> str:
    """Return the shortest way to name *directory*: relative, and `latest` for the run just made."""
    latest = directory.parent / run_directory.LATEST
    shown = latest if latest.resolve() == directory.resolve() else directory
    return os.path.relpath(shown) if shown.is_relative_to(Path.cwd()) else str(shown)
