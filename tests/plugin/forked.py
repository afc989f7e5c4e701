"""
Runs a module as `python -m` does, in a process that was forked from a nursery; what that starts is forked too.

So the session that `smoke verify` supervises and xdist's workers need not import everything again. They are processes
as ever: their streams, signals, groups and ends are real. Interruptions are tested with processes started in full.
"""

import atexit
import os
import runpy
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from execnet import gateway_base, gateway_io

TWO_WORKERS = "-n2"

SESSION = [sys.executable, "-P", "-m", "pytest"]
"""How the supervisor starts a session."""


class Worker:
    """An interpreter that waits on stdin for its code, as execnet starts them, forked before anything else happens."""

    def __init__(self, others: Sequence["Worker"]) -> None:
        (stdin, to_it), (from_it, stdout) = os.pipe(), os.pipe()
        self.stdin, self.stdout = os.fdopen(to_it, "wb"), os.fdopen(from_it, "rb")
        self._status: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            for one in (self, *others):
                one.stdin.close()
                one.stdout.close()
            os.dup2(stdin, 0)
            os.dup2(stdout, 1)
        os.close(stdin)
        os.close(stdout)
        if self.pid == 0:
            _obey()

    def wait(self) -> int:
        """Wait for its end and return the exit status."""
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._status

    def kill(self) -> None:
        """End it at once."""
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)


def _obey() -> NoReturn:
    sys.argv[:] = ["-c"]
    sys.path[0] = ""
    if code := sys.stdin.readline():  # the session may end without a need for workers
        exec(eval(code), {"__name__": "__main__"})  # so execnet begins
    sys.exit(0)


SPARE: list[Worker] = []


class ForkedIO(gateway_io.Popen2IOMaster):
    """execnet's way to a worker, which is a spare one as long as there are any."""

    def __init__(self, args: list[str], execmodel: gateway_base.ExecModel) -> None:
        if not SPARE:
            super().__init__(args, execmodel)
            return
        self.popen = SPARE.pop(0)
        gateway_base.Popen2IO.__init__(self, self.popen.stdin, self.popen.stdout, execmodel=execmodel)


class Forking(subprocess.Popen[Any]):
    """Forks where a session is to be started, and does not replace the program then."""

    def __init__(self, args: Any, *, env: Mapping[str, str] | None = None, pass_fds: Any = (), **options: Any) -> None:
        if _begins_a_session(args):
            sys.stdout.flush()
            sys.stderr.flush()
            options["preexec_fn"] = partial(_be, args[3:], dict(os.environ if env is None else env), pass_fds)
        super().__init__(args, env=env, pass_fds=pass_fds, **options)


def _begins_a_session(args: Sequence[str]) -> bool:
    begins = args[0] == sys.executable and "pytest" in args
    assert not begins or args[: len(SESSION)] == SESSION, "the supervisor starts sessions otherwise, so tests are slow"
    return begins and threading.active_count() == 1


def _be(command: Sequence[str], variables: Mapping[str, str], kept: Collection[int]) -> NoReturn:
    """Run *command* as a new interpreter would, and end."""
    atexit._clear()
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    for descriptor in [int(one.name) for one in Path("/dev/fd").iterdir()]:
        if descriptor > 2 and descriptor not in kept:
            with suppress(OSError):
                os.close(descriptor)
    os.environ.clear()
    os.environ.update(variables)
    del sys.path[0]  # that is what `-P` does
    status: object = 1
    try:
        run(command)
        status = 0
    except SystemExit as end:
        status = end.code or 0
    except BaseException:  # noqa: BLE001 - as an interpreter would
        traceback.print_exc()
    threading._shutdown()  # type: ignore[attr-defined]  # what an interpreter does in the end
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(status if isinstance(status, int) else 1)


def run(command: Sequence[str]) -> None:
    """Run the module that *command* begins with."""
    sys.argv[:] = command
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


def main(command: Sequence[str]) -> None:
    """Run *command*, forking what it starts."""
    subprocess.Popen = Forking  # type: ignore[assignment,misc]
    gateway_io.Popen2IOMaster = ForkedIO  # type: ignore[misc]
    for _ in range(2 if TWO_WORKERS in command else 0):
        SPARE.append(Worker(SPARE))
    run(command)


if __name__ == "__main__":
    main(sys.argv[1:])
