"""
Run pytest as a child under a hard deadline, and see that a verdict comes out of it whatever the child does.

The child writes the verdict itself when all is well. When it died, hung or broke, the verdict is computed here from the
events that it had logged (see `smoke.settlement`).
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from smoke.running.places import PRIVATE
from smoke.running.watchdog import GRACE_S, SUPERVISOR_PIPE

if TYPE_CHECKING:
    from smoke.verdict.plan import Plan

SUITE = Path(__file__).parent / "suite"

KILL_AFTER_S = GRACE_S + 3.0
"""What the child may take beyond the budget before it is killed; its own watchdog should have ended it by then."""

START_S = 30.0
"""What the child may take until it has logged its plan, and with it its budget, in seconds: a busy machine is slow."""


LONGEST_TMPDIR = 45
"""Chromium adds some 45 characters to it for a socket, whose path may have 103 on macOS."""

NOT_NEEDED = ("debugging", "doctest", "junitxml", "pastebin", "setuponly", "setupplan", "stepwise", "unittest")
"""Plugins of pytest that do nothing for the suite; each costs time with every item."""

OTHERS_OPTIONS = "PYTEST_ADDOPTS"
"""A variable that sets up the team's own tests: a `-k` or `-x` meant for those would leave out a part of the gate."""

COLLECTS_GARBAGE = ("unraisableexception",)
"""It looks for exceptions in finalizers by collecting garbage several times at the end: 50 ms."""


@dataclass(frozen=True, slots=True)
class Child:
    """
    One supervised pytest session: its arguments, where its results will lie, and the variables it gets.

    *plan* returns what it sets out to do, for the case that it ends before it could say so itself.
    """

    arguments: Sequence[str]
    directory: Path
    environ: Mapping[str, str]
    plan: Callable[[], "Plan"]
    quiet: bool = False


def supervise(child: Child) -> int:
    """
    Run *child* and return its verdict's exit status; a verdict file is there afterwards unless usage was wrong.

    Raises UsageError where an earlier run left its verdict, which could be taken for this one's if the child breaks.
    """
    from smoke.record.run_directory import refuse_used  # whoever chose the directory has loaded it already

    refuse_used(child.directory)
    read_end, write_end = os.pipe()
    with _private(child.environ) as environ, _forwarding() as forwarding:
        process = _start(child, {**environ, SUPERVISOR_PIPE: str(read_end)}, read_end)
        forwarding.to(process)
        os.close(read_end)
        from smoke import settlement  # takes its time, so the child was started first

        how = await_end(process, lambda: settlement.planned_time(child.directory))
        os.close(write_end)
        _sweep(process.pid)
        shown = not child.quiet and "--prime" not in child.arguments
        return settlement.settle(child.directory, process.returncode, how, child.plan, show=shown)


def _start(child: Child, environ: Mapping[str, str], pipe: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [
            sys.executable,
            "-P",  # what lies in the working directory, such as a `smoke/` of the team's own, is not imported for ours
            "-m",
            "pytest",
            "-c",
            str(SUITE / "pytest.toml"),
            f"--rootdir={Path.cwd()}",
            "--assert=plain",  # the suite's tests have nothing to rewrite
            *(f"-pno:{name}" for name in (*NOT_NEEDED, *COLLECTS_GARBAGE)),
            *child.arguments,
            str(SUITE),
        ],
        env={name: value for name, value in environ.items() if name != OTHERS_OPTIONS},
        pass_fds=(pipe,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if child.quiet else sys.stdout.fileno(),
        start_new_session=True,  # Ctrl-C reaches the child once, handed on by us; and what it starts ends with it
    )


@contextmanager
def _private(environ: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Give the child a directory for what is secret or temporary, which is removed even if the child was killed."""
    path = Path(environ.get("TMPDIR") or "/tmp", f"smokegate-{os.urandom(8).hex()}")  # noqa: S108 - made for us alone
    try:
        path.mkdir(mode=0o700)
    except OSError:  # the child will find another place, or say that there is none
        yield environ
        return
    # A browser puts a socket there, and the path of a socket must be short.
    temporary = {"TMPDIR": str(path)} if len(str(path)) <= LONGEST_TMPDIR else {}
    try:
        yield {**environ, **temporary, PRIVATE: str(path)}
    finally:
        import shutil

        shutil.rmtree(path, ignore_errors=True)


def _sweep(group: int) -> None:
    """End what the child started and left: workers of xdist, browsers' drivers."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def await_end(process: subprocess.Popen[bytes], planned_time: Callable[[], tuple[float, float] | None]) -> str:
    """
    Wait for the end of *process* and say how it came.

    How long that may take the child itself has logged; it is looked up no sooner than any budget could have ended.
    """
    began, began_at, limit_s = monotonic(), time(), KILL_AFTER_S
    while True:
        try:
            return _said(process.wait(max(0.0, began + limit_s - monotonic())))
        except subprocess.TimeoutExpired:
            planned = planned_time()
            allowed_s = START_S if planned is None else _allowed_s(planned[0] - began_at, planned[1])
        if allowed_s <= limit_s:
            process.kill()
            process.wait()
            return "the verifier hung beyond its budget and was killed"
        limit_s = allowed_s


def _allowed_s(late_s: float, budget_s: float) -> float:
    """Return what a child may take that began *late_s* after we had started it: its own watchdog counts from there."""
    return min(max(0.0, late_s), START_S) + budget_s + KILL_AFTER_S


def _said(status: int) -> str:
    if status < 0:
        return f"the verifier was killed by {signal.Signals(-status).name}"
    return f"the verifier broke (exit {status})"


class _forwarding:  # noqa: N801 - reads as a verb in the with statement
    """Hand SIGINT and SIGTERM on to the child, also when they come before it is there; it ends in its own time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._previous: dict[signal.Signals, Any] = {}

    def to(self, process: subprocess.Popen[bytes]) -> None:
        """Name the child."""
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def __enter__(self) -> Self:
        for one in (signal.SIGINT, signal.SIGTERM):
            self._previous[one] = signal.signal(one, self._forward)
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self._previous.items():
            signal.signal(one, handler)

    def _forward(self, number: int, _frame: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)
