"""One command of the environment or the pipeline: a program and its arguments, a time limit, and how it ended."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from smoke.guard.interruption import Interruption

GRACE_S = 10.0
"""What a command may take to end after it was asked to."""


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """How a command ended: its *status*, None if it never ran or was stopped, *how* in words, and how long it took."""

    arguments: tuple[str, ...]
    status: int | None
    how: str
    took_s: float

    @property
    def well(self) -> bool:
        """Whether it did what it was asked for, as far as it says itself."""
        return self.status == 0

    @property
    def line(self) -> str:
        """The command as it is written in a shell."""
        return shlex.join(self.arguments)


def run(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    within_s: float,
    interruption: Interruption,
    *,
    stoppable: bool = False,
) -> CommandEnd:
    """
    Run a program and wait for it, at most *within_s*; its output goes where ours goes, and into no report.

    It has a session of its own: Ctrl-C reaches it only if it is *stoppable*, and then as the signal that came to us.
    What it leaves behind when it has to be stopped is stopped with it.
    """
    began = monotonic()
    try:
        process = subprocess.Popen(  # noqa: S603 - arguments of the environment file or of who called us, no shell
            list(arguments), env=_with_our_programs(environ), stdin=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        return CommandEnd(tuple(arguments), None, f"could not be started: {error.strerror or error}", 0.0)
    interruption.obeyed_by(process.pid if stoppable else None)
    try:
        status, how = _wait(process, began + within_s, within_s)
    finally:
        interruption.obeyed_by(None)
    return CommandEnd(tuple(arguments), status, how, monotonic() - began)


def _wait(process: "subprocess.Popen[bytes]", deadline: float, within_s: float) -> tuple[int | None, str]:
    try:
        status = process.wait(max(0.0, deadline - monotonic()))
    except subprocess.TimeoutExpired:
        _stop(process)
        return None, f"took longer than {within_s:g} s and was stopped"
    if status < 0:
        return None, f"was ended by {signal.Signals(-status).name}"
    return status, "ended well" if status == 0 else f"failed with exit status {status}"


def _stop(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _with_our_programs(environ: Mapping[str, str]) -> dict[str, str]:
    """Let a command find `smoke` itself, after everything that the machine has."""
    own = str(Path(sys.executable).parent)
    return {**environ, "PATH": os.pathsep.join(filter(None, [environ.get("PATH", os.defpath), own]))}
