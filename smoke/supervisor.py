"""
Run pytest as a child under a hard deadline, and see that a verdict comes out of it whatever the child does.

The child writes the verdict itself when all is well. When it died, hung or broke, the verdict is computed here from the
events that it had logged.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from types import FrameType
from typing import Any

from smoke import events, run_directory
from smoke.errors import UsageError
from smoke.verdict.decide import End, decide
from smoke.verdict.words import EXIT_STATUS, EXIT_USAGE, Word
from smoke.watchdog import GRACE_S, SUPERVISOR_PIPE

SUITE = Path(__file__).parent / "suite"
KILL_AFTER_S = GRACE_S + 3.0
"""What the child may take beyond the budget before it is killed; its own watchdog should have ended it by then."""


@dataclass(frozen=True, slots=True)
class Child:
    """One supervised pytest session: its arguments, where its results will lie, and its time limit in seconds."""

    arguments: Sequence[str]
    directory: Path
    budget_s: float
    environ: Mapping[str, str]
    quiet: bool = False


def supervise(child: Child) -> int:
    """Run *child* and return its verdict's exit status; a verdict file is there afterwards unless usage was wrong."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            str(SUITE / "pytest.toml"),
            f"--rootdir={Path.cwd()}",
            *child.arguments,
            str(SUITE),
        ],
        env={**child.environ, SUPERVISOR_PIPE: str(read_end)},
        pass_fds=(read_end,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if child.quiet else None,
        start_new_session=True,  # Ctrl-C reaches the child once, handed on by us
    )
    os.close(read_end)
    with _forwarding(process):
        how = _wait(process, child.budget_s + KILL_AFTER_S)
    os.close(write_end)
    return _settle(child.directory, process.returncode, how)


def _wait(process: subprocess.Popen[bytes], limit_s: float) -> str:
    """Wait for the end of *process* and say how it came."""
    try:
        status = process.wait(limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return "the verifier hung beyond its budget and was killed"
    return (
        f"the verifier was killed by {signal.Signals(-status).name}"
        if status < 0
        else f"the verifier broke (exit {status})"
    )


def _settle(directory: Path, status: int, how: str) -> int:
    """Return the exit status of the verdict on disk, after computing it if the child left none."""
    if status == EXIT_USAGE:
        return EXIT_USAGE
    verdict = run_directory.read_verdict(directory)
    log = _log(directory)
    if verdict is not None and log is not None and log.end is not None and status in EXIT_STATUS.values():
        return EXIT_STATUS[Word(verdict["verdict"])]
    if log is not None:
        _give_verdict(directory, log, how)
    else:
        sys.stderr.write(f"INCONCLUSIVE: {how} before it had begun; there is no verdict file\n")
    return EXIT_STATUS[Word.INCONCLUSIVE]


def _log(directory: Path) -> events.Log | None:
    try:
        return events.read(directory / events.FILE)
    except UsageError:
        return None


def _give_verdict(directory: Path, log: events.Log, how: str) -> None:
    from smoke.outputs import write_all
    from smoke.outputs.terminal import Terminal

    data: dict[str, Any] = decide(log.plan, log.findings, End(time(), how)).to_json()
    run_directory.write_verdict(directory, data)
    warnings = write_all(directory, data)
    Terminal.on(sys.stdout, os.environ).verdict({**data, "warnings": [*data["warnings"], *warnings]}, str(directory))


class _forwarding:  # noqa: N801 - reads as a verb in the with statement
    """Hand SIGINT and SIGTERM on to the child while it runs; it ends in its own time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):
            self._previous[one] = signal.signal(one, self._forward)

    def __exit__(self, *_: object) -> None:
        for one, handler in self._previous.items():
            signal.signal(one, handler)

    def _forward(self, number: int, _frame: FrameType | None) -> None:
        self._process.send_signal(number)
