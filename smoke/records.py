"""The records of all environments of one session, and how the session ends."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from time import time
from typing import Any

from smoke import baseline, run_directory
from smoke.baseline import Baseline
from smoke.outputs.terminal import Terminal
from smoke.recorder import Recorder
from smoke.run import Run
from smoke.verdict.decide import End
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.words import EXIT_STATUS, Cause, Outcome, Stage, Word
from smoke.watchdog import Watchdog

LAST_WORDS_S = 2.0
"""What writing and showing the last verdict may take when the rest of the process hangs, in seconds."""

WORST_FIRST = (Word.FAIL, Word.INCONCLUSIVE, Word.PASS)


class Records:
    """
    One recorder for each selected environment, under one watchdog.

    Making it writes the first, honest `verdict.json` of each; raises UsageError when a directory cannot be written.
    """

    def __init__(self, runs: Sequence[Run], selected: Mapping[str, frozenset[str]]) -> None:
        self._runs = runs
        self._recorders = {run.environment.name: _recorder(run, selected[run.environment.name]) for run in runs}
        self._watchdog = Watchdog(max(run.ends_at for run in runs), self._expire)
        self._watchdog.start()
        self._sessions: Mapping[str, Mapping[str, Mapping[str, str]]] = {}

    def record(self, environment: str, finding: Finding) -> None:
        """Take one finding into the record of *environment*."""
        self._recorders[environment].record(finding)

    def broke(self, environment: str, check: str, report: str) -> None:
        """Record that the test of *check* broke before it had a finding; *report* is pytest's account of it."""
        recorder = self._recorders[environment]
        planned = next(one for one in recorder.plan.checks if one.id == check)
        last = report.strip().splitlines()[-1] if report.strip() else "no report"
        self.record(
            environment,
            Finding(
                check=check,
                stage=planned.stage,
                outcome=Outcome.UNDECIDED,
                message=f"the check itself broke: {last}",
                service=planned.service,
                gating=planned.gating,
                cause=Cause.SUITE,
            ),
        )

    def finish(self, *, finished: bool, sessions: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
        """
        Give every verdict; *finished* is False when an exception ended the run before its time.

        A run that records the baseline also stores *sessions*: headers by role, by environment.
        """
        self._watchdog.close()
        interruption = None if finished else self._watchdog.reason or "the verifier broke"
        for run in self._runs:
            recorder = self._recorders[run.environment.name]
            verdict = recorder.finish(End(time(), interruption))
            if run.settings.prime and finished:
                known = Baseline(
                    run_id=run.settings.run_id,
                    recorded_at=verdict.finished_at,
                    before=baseline.before(verdict.findings),
                    observed=verdict.observed,
                    sessions=sessions.get(run.environment.name, {}),
                )
                baseline.save(Path(run.settings.state), run.environment.name, known)
        self._watchdog.stop()

    @property
    def exit_status(self) -> int:
        """The worst verdict's exit status; inconclusive while one is missing."""
        words = {one.verdict.word if one.verdict else Word.INCONCLUSIVE for one in self._recorders.values()}
        return EXIT_STATUS[next(one for one in WORST_FIRST if one in words)]

    def _expire(self, reason: str) -> None:
        """Give the verdict and end this process, from the watchdog's thread: the main thread hangs."""
        # On a thread of its own: a full pipe must not keep this process alive either.
        last_words = Thread(target=self._give_up, args=(reason,), daemon=True)
        last_words.start()
        last_words.join(LAST_WORDS_S)
        os._exit(self.exit_status)

    def _give_up(self, reason: str) -> None:
        for recorder in self._recorders.values():
            waiting = ", ".join(recorder.waiting_for()[:3]) or "nothing"
            recorder.finish(End(time(), f"{reason}; still waited for {waiting}"))
        sys.stdout.flush()


class _Face:
    """A terminal bound to one plan."""

    def __init__(self, run: Run, plan: Plan) -> None:
        self._terminal = Terminal.on(sys.stdout, os.environ)
        stages = {stage: [one.id for one in plan.checks if one.stage is stage and one.selected] for stage in Stage}
        self._terminal.start(
            plan.environment,
            plan.release.commit,
            plan.release.previous,
            plan.budget_s,
            {stage: checks for stage, checks in stages.items() if checks},
            {name: service.replicas for name, service in run.environment.services.items()},
        )

    def finding(self, finding: Finding) -> None:
        self._terminal.finding(finding)

    def verdict(self, verdict: Mapping[str, Any], directory: Path) -> None:
        self._terminal.verdict(verdict, _shown(directory))


def _recorder(run: Run, selected: frozenset[str]) -> Recorder:
    plan = run.plan(selected)
    directory = run_directory.create(Path(run.settings.reports), run.environment.name, run.settings.run_id)
    return Recorder(plan, directory, _Face(run, plan), run.redactor.redact)


def _shown(directory: Path) -> str:
    """Return the shortest way to name *directory*: relative, and `latest` for the run just made."""
    latest = directory.parent / run_directory.LATEST
    shown = latest if latest.resolve() == directory.resolve() else directory
    return os.path.relpath(shown) if shown.is_relative_to(Path.cwd()) else str(shown)
