"""
Processes of Python that are forked from one which has imported what they need already.

Importing is most of what a short process does, and the tests start hundreds. A forked one is otherwise like one that
was started: it has its own arguments, directory, variables and streams, runs a module as `python -m` does, and ends as
an interpreter ends. Processes that others start (those of xdist, and of `smoke verify`) are started in full.
"""

import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

ROOT = Path(__file__).parent.parent

LARGEST_ORDER = 2**17


class Forked:
    """
    A forked process, as `Popen` would have it: its streams are pipes, *stderr* if it was given none.

    *life* tells its id, and in the end its exit status.
    """

    def __init__(self, life: socket.socket, stdin: TextIO, stdout: TextIO, stderr: TextIO | None) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.returncode: int | None = None
        self._life = life
        self.pid = self._told()

    def poll(self) -> int | None:
        """Return the exit status, if it has ended."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status."""
        if self.returncode is None:
            self._life.settimeout(timeout)
            try:
                self.returncode = self._told()
            except (TimeoutError, BlockingIOError) as error:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0) from error
            self._life.close()
        return self.returncode

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Return what it says until it ends; nobody else may hold its streams then."""
        deadline = time.monotonic() + timeout
        self.stdin.close()
        pipes = [self.stdout, *([self.stderr] if self.stderr else [])]
        said = {pipe.fileno(): b"" for pipe in pipes}
        with selectors.DefaultSelector() as ready:
            for descriptor in said:
                ready.register(descriptor, selectors.EVENT_READ)
            while ready.get_map():
                events = ready.select(max(0.0, deadline - time.monotonic()))
                if not events:
                    raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
                for key, _ in events:
                    chunk = os.read(key.fd, 2**16)
                    said[key.fd] += chunk
                    if not chunk:
                        ready.unregister(key.fd)
        for pipe in pipes:
            pipe.close()
        self.wait(max(0.0, deadline - time.monotonic()))
        out, err = [*said.values(), b""][:2]
        return out.decode(), err.decode()

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _told(self) -> int:
        word = self._life.recv(4)
        if not word:
            raise ChildProcessError("the nursery has ended, and its processes with it")
        return int.from_bytes(word, signed=True)


class Nursery:
    """A process that forks others, as they are ordered over a socket."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders

    def run(  # noqa: PLR0913 - what `Popen` takes
        self,
        module: str,
        arguments: Sequence[str],
        *,
        cwd: Path,
        variables: Mapping[str, str],
        stderr: int | None = None,
        alone: bool = False,
    ) -> Forked:
        """Run `python -m module` with *arguments*."""
        order = {"command": [module, *arguments], "cwd": str(cwd), "variables": {**variables}, "alone": alone}
        (stdin, to_it), (from_it, stdout) = os.pipe(), os.pipe()
        errors, its_stderr = (None, os.dup(stderr)) if stderr is not None else os.pipe()
        mine, life = socket.socketpair()
        socket.send_fds(self._orders, [json.dumps(order).encode()], [stdin, stdout, its_stderr, life.fileno()])
        life.close()
        for descriptor in (stdin, stdout, its_stderr):
            os.close(descriptor)
        return Forked(mine, os.fdopen(to_it, "w"), os.fdopen(from_it), None if errors is None else os.fdopen(errors))


@contextmanager
def running(*imports: str) -> Iterator[Nursery]:
    """Run a nursery whose processes have imported *imports*."""
    mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        command = [sys.executable, "-m", "tests.nursery", *imports]
        process = subprocess.Popen(command, stdin=its.fileno(), cwd=ROOT)
    with process, mine:
        yield Nursery(mine)
        mine.close()


def main(imports: Sequence[str]) -> None:
    """Import *imports*; then fork a process for each order on stdin, until that ends."""
    for name in imports:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    lives: dict[int, socket.socket] = {}
    signal.signal(signal.SIGCHLD, lambda _number, _frame: _bury(lives))
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(0)) as orders:
        while order := _next(orders):
            what, streams, life = order
            # A death must not be noticed before its birth.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
            pid = os.fork()
            if pid == 0:
                for one in (orders, life, *lives.values()):
                    one.close()
                signal.signal(signal.SIGINT, interrupted)
                _become(what, streams)
            lives[pid] = life
            _tell(life, pid)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            for stream in streams:
                os.close(stream)


def _next(orders: socket.socket) -> tuple[dict[str, Any], list[int], socket.socket] | None:
    order, descriptors, _, _ = socket.recv_fds(orders, LARGEST_ORDER, 4)
    if not order:
        return None
    *streams, life = descriptors
    return json.loads(order), streams, socket.socket(fileno=life)


def _bury(lives: dict[int, socket.socket]) -> None:
    """Tell of each process that has ended how it did."""
    with suppress(ChildProcessError):
        while (dead := os.waitpid(-1, os.WNOHANG))[0]:
            with lives.pop(dead[0]) as life:
                _tell(life, os.waitstatus_to_exitcode(dead[1]))


def _tell(life: socket.socket, number: int) -> None:
    with suppress(OSError):  # nobody need be interested
        life.send(number.to_bytes(4, signed=True))


def _become(order: dict[str, Any], streams: Sequence[int]) -> NoReturn:
    """Be a new interpreter, as far as its code can tell."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    if order["alone"]:
        os.setsid()
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["variables"])
    time.tzset()
    tempfile.tempdir = None
    module, *arguments = order["command"]
    sys.path[:1] = [order["cwd"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv[:] = [module, *arguments]
    sys.orig_argv[:] = [sys.executable, "-m", module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
