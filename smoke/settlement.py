"""What becomes of a supervised run when its child has ended: the verdict on disk, or one computed from the events."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from time import time
from typing import Any

from smoke.errors import UsageError
from smoke.record import events, run_directory
from smoke.verdict.decide import End, decide
from smoke.verdict.plan import Plan
from smoke.verdict.words import EXIT_STATUS, EXIT_USAGE, Word


def settle(directory: Path, status: int, how: str, plan: Callable[[], Plan], *, show: bool = True) -> int:
    """
    Return the exit status of the verdict in *directory*, after computing it if the child left none.

    *status* is the child's exit status, and *how* says in words how it ended; a verdict that it had given stands,
    whatever happened to it afterwards. *plan* says what it was to do, if it had not even come to say so. Raises
    UsageError or ConfigurationError when it could not have begun.

    What the child had no time to write is written, and shown if *show*.
    """
    if status == EXIT_USAGE:
        return EXIT_USAGE
    verdict = run_directory.read_verdict(directory)
    log = _log(directory)
    if verdict is not None and log is not None and log.end is not None:
        _catch_up(directory, verdict, show=show)
        return EXIT_STATUS[Word(verdict["verdict"])]
    if log is None:
        how = f"{how} before it had begun"
        log = events.Log(plan(), (), None)
        directory.mkdir(parents=True, exist_ok=True)
        run_directory.point_latest(directory)
    _give_verdict(directory, log, how)
    return EXIT_STATUS[Word.INCONCLUSIVE]


def planned_time(directory: Path) -> tuple[float, float] | None:
    """Return what the run in *directory* has logged: its start (epoch seconds) and its budget in seconds; else None."""
    try:
        with (directory / events.FILE).open(encoding="utf-8") as stream:
            plan = json.loads(stream.readline())["plan"]
        return float(plan["started_at"]), float(plan["budget_s"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _log(directory: Path) -> events.Log | None:
    try:
        return events.read(directory / events.FILE)
    except UsageError:
        return None


def _give_verdict(directory: Path, log: events.Log, how: str) -> None:
    from smoke.outputs import write_all
    from smoke.outputs.terminal import Terminal

    end = End(time(), how)
    data: dict[str, Any] = decide(log.plan, log.findings, end).to_json()
    run_directory.write_verdict(directory, data)
    events.complete(directory / events.FILE, log, end)
    warnings = write_all(directory, data)
    Terminal.on(sys.stdout, os.environ).verdict({**data, "warnings": [*data["warnings"], *warnings]}, str(directory))


def _catch_up(directory: Path, verdict: Mapping[str, Any], *, show: bool) -> None:
    """Write and show what derives from a verdict that was given at the last moment, so that no time was left for it."""
    from smoke.outputs import LAST_WRITTEN, write_all

    if (directory / LAST_WRITTEN).exists():
        return
    from smoke.outputs.terminal import Terminal
    from smoke.running.display import LAST_WORDS_S, own_stdout

    write_all(directory, verdict)
    if not show:
        return
    stream = own_stdout()
    terminal = Terminal.on(stream, os.environ)
    shown = Thread(target=terminal.verdict, args=(verdict, str(directory)), daemon=True)
    shown.start()  # a pipe that nobody empties must not keep this process
    shown.join(LAST_WORDS_S)
    if not shown.is_alive() and stream is not sys.stdout:
        stream.close()
