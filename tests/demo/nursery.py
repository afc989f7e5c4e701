"""
Stacks for tests that start many: forked from a process that has imported all of the stack's code already.

That is half of what a start costs. Apart from it they are stacks as any other: processes in sessions of their own that
end with their stdin. What starts, and is left behind, is tested with stacks that nothing was imported for.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO, cast

from smoke.demo import stack
from smoke.demo.process import Stack
from smoke.demo.scratch import scratch_directory

ROOT = Path(__file__).parent.parent.parent


class Nursery:
    """A process that forks stacks, and a cluster that they copy."""

    def __init__(self, orders: socket.socket, cluster: Path) -> None:
        self._orders = orders
        self._cluster = cluster

    def stack(self, state: Path, faults: Sequence[str] = (), *, seed: int = 1, speed: float = 1.0) -> Stack:
        """Return a stack that has not been started yet."""
        return _Nursling(self, state, faults, seed=seed, speed=speed, cluster=self._cluster)

    def fork(self, arguments: Sequence[str]) -> "_Process":
        """Fork a stack, with the working directory and the variables of this process."""
        order = {"arguments": arguments, "directory": str(Path.cwd()), "variables": dict(os.environ)}
        (stdin, to_it), (from_it, stdout) = os.pipe(), os.pipe()
        mine, its = socket.socketpair()
        given = [stdin, stdout, sys.stderr.fileno(), its.fileno()]
        socket.send_fds(self._orders, [json.dumps(order).encode()], given)
        its.close()
        os.close(stdin)
        os.close(stdout)
        return _Process(mine, os.fdopen(to_it, "w"), os.fdopen(from_it))


class _Nursling(Stack):
    """A stack from a nursery."""

    def __init__(self, nursery: Nursery, state: Path, faults: Sequence[str], **options: Any) -> None:
        super().__init__(state, faults, **options)
        self._nursery = nursery

    def _begun(self, arguments: Sequence[str]) -> "subprocess.Popen[str]":
        return cast("subprocess.Popen[str]", self._nursery.fork(arguments))


class _Process:
    """What `Stack` uses of a `Popen`; *life* ends with the process, after a word on how it went."""

    def __init__(self, life: socket.socket, stdin: TextIO, stdout: TextIO) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self._life = life
        self.pid = int.from_bytes(life.recv(4))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, if it has ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status."""
        if self.returncode is None:
            self._life.settimeout(timeout)
            try:
                last = self._life.recv(1)
            except (TimeoutError, BlockingIOError) as error:
                raise subprocess.TimeoutExpired("a stack", timeout or 0) from error
            self.returncode = last[0] if last else -signal.SIGKILL
            self._life.close()
        return self.returncode

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


@contextmanager
def running() -> Iterator[Nursery]:
    """Run a nursery; its cluster goes with it."""
    mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with TemporaryDirectory(prefix="sg-", dir=scratch_directory()) as directory, mine:
        Path(directory).chmod(0o711)  # PostgreSQL runs as another user
        with its:
            process = subprocess.Popen([sys.executable, "-m", "tests.demo.nursery"], stdin=its.fileno(), cwd=ROOT)
        with process:
            yield Nursery(mine, Path(directory) / "cluster")
            mine.close()


def main() -> None:
    """Fork a stack for each order on stdin, until that ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to be buried
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as orders:
        while True:
            order, descriptors, _, _ = socket.recv_fds(orders, 2**17, 4)
            if not order:
                return
            if os.fork() == 0:
                orders.close()
                _become(json.loads(order), *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _become(order: dict[str, Any], stdin: int, stdout: int, stderr: int, life: int) -> None:
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for number, descriptor in enumerate((stdin, stdout, stderr)):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.write(life, os.getpid().to_bytes(4))
        os.chdir(order["directory"])
        os.environ.clear()
        os.environ.update(order["variables"])
        status = stack.main(order["arguments"])
    finally:
        sys.stdout.flush()
        os.write(life, bytes([status]))
        os._exit(status)


if __name__ == "__main__":
    main()
