"""The records of all environments of one session, and how the session ends."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread
from time import time
from typing import TextIO

from smoke import baseline, priming
from smoke.baseline import Baseline
from smoke.errors import UsageError
from smoke.record import run_directory
from smoke.record.recorder import Recorder
from smoke.running.display import LAST_WORDS_S, Display, own_stdout
from smoke.running.earlier_logins import remember_logins
from smoke.running.handover import Handover
from smoke.running.run import Run
from smoke.running.watchdog import SUPERVISOR_PIPE, Watchdog
from smoke.verdict.decide import End
from smoke.verdict.finding import Finding
from smoke.verdict.verdict import Verdict
from smoke.verdict.words import EXIT_STATUS, Word

WORST_FIRST = (Word.FAIL, Word.INCONCLUSIVE, Word.PASS)


class Records:
    """
    One recorder for each selected environment, under one watchdog.

    Making it writes the first, honest `verdict.json` of each; raises UsageError when a directory cannot be written.
    *leave* is called before this process is ended from here. Without *progress* only the verdicts are shown.
    """

    def __init__(
        self,
        runs: Sequence[Run],
        selected: Mapping[str, frozenset[str]],
        leave: Callable[[], None],
        *,
        progress: bool = True,
    ) -> None:
        self._runs = runs
        self._leave = leave
        stream = own_stdout()
        self._recorders = {
            run.environment.name: _recorder(run, selected[run.environment.name], stream, progress=progress)
            for run in runs
        }
        self._watchdog = Watchdog(max(run.ends_at for run in runs), self._expire)
        self._watchdog.start()

    def record(self, environment: str, finding: Finding) -> None:
        """Take one finding into the record of *environment*."""
        self._recorders[environment].record(finding)

    def doubt(self, environment: str, finding: Finding) -> None:
        """Take the finding of a check that broke into the record, whatever it said before."""
        self._recorders[environment].doubt(finding)

    def provisional(self, environment: str, finding: Finding) -> None:
        """Show a finding that is looked at again before it counts."""
        self._recorders[environment].provisional(finding)

    def condemned_for_s(self, environment: str) -> float:
        """Return for how long the release has certainly been at fault, in seconds; 0 while that is not certain."""
        return self._recorders[environment].condemned_for_s()

    def finish(self, interruption: str | None, warnings: Sequence[str], left: Handover) -> None:
        """
        Give every verdict; *interruption* says what ended the run before its time, unless a signal did.

        Of what the processes *left* the attempts to log in are kept; the sessions as well, with a baseline.
        """
        self._watchdog.close()
        why = interruption and (self._watchdog.reason or interruption)
        for run in self._runs:
            name = run.environment.name
            recorder = self._recorders[name]
            attempts = left.memories[name].attempts if name in left.memories else []
            remember_logins(Path(run.settings.state), name, [one.at for one in attempts], time())
            try:
                verdict = recorder.finish(End(time(), why, tuple(warnings)))
            except OSError as error:
                sys.stderr.write(f"ERROR: {recorder.directory}: the verdict cannot be written ({error.strerror})\n")
                continue
            if run.settings.prime and not why:
                try:
                    _save_baseline(run, verdict, left.sessions.get(name, {}))
                except UsageError as error:  # who primes then says that there is none
                    sys.stderr.write(f"ERROR: {error}\n")
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
        self._leave()
        os._exit(self.exit_status)

    def _give_up(self, reason: str) -> None:
        for recorder in self._recorders.values():
            waiting = ", ".join(recorder.waiting_for()[:3]) or "nothing"
            recorder.conclude(End(time(), f"{reason}; still waited for {waiting}"))
        for recorder in self._recorders.values():
            recorder.derive()


def _save_baseline(run: Run, verdict: Verdict, sessions: Mapping[str, Mapping[str, str]]) -> None:
    known = Baseline(
        run_id=run.settings.run_id,
        recorded_at=verdict.finished_at,
        before=baseline.before(verdict.findings),
        observed=verdict.observed,
        sessions=sessions,
        profile=run.profile,
        parameters=run.environment.given.values,
    )
    baseline.save(Path(run.settings.state), run.environment.name, known)
    if SUPERVISOR_PIPE not in os.environ:  # else `smoke prime` says it
        sys.stdout.write(priming.in_words(known))


def _recorder(run: Run, selected: frozenset[str], stream: TextIO, *, progress: bool) -> Recorder:
    plan = run.plan(selected)
    directory = run_directory.create(Path(run.settings.reports), run.environment.name, run.settings.run_id)
    return Recorder(
        plan,
        directory,
        Display(run, plan, stream, progress=progress),
        run.redactor.redact,
        latest=not run.settings.prime,
    )
