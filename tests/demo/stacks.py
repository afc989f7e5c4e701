"""Stacks for tests that start many: forked, and with a copy of one database cluster, each is ready in half the time."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from smoke.demo.process import Stack
from smoke.demo.scratch import scratch_directory
from tests import nursery
from tests.nursery import Nursery

if TYPE_CHECKING:
    import subprocess


class Stacks:
    """Stacks that share what it takes to start one; what starts, and is left behind, is tested with stacks in full."""

    def __init__(self, processes: Nursery, cluster: Path) -> None:
        self.processes = processes
        self._cluster = cluster

    def stack(self, state: Path, faults: Sequence[str] = (), *, seed: int = 1, speed: float = 1.0) -> Stack:
        """Return a stack that has not been started yet."""
        return _ForkedStack(self.processes, state, faults, seed=seed, speed=speed, cluster=self._cluster)


class _ForkedStack(Stack):
    """A stack whose process comes from a nursery."""

    def __init__(self, processes: Nursery, state: Path, faults: Sequence[str], **options: Any) -> None:
        super().__init__(state, faults, **options)
        self._processes = processes

    def _begun(self, arguments: Sequence[str]) -> "subprocess.Popen[str]":
        begun = self._processes.run(
            "smoke.demo.stack", arguments, cwd=Path.cwd(), variables=os.environ, stderr=sys.stderr.fileno(), alone=True
        )
        return cast("subprocess.Popen[str]", begun)


@contextmanager
def sharing() -> Iterator[Stacks]:
    """Return where stacks come from."""
    with (
        TemporaryDirectory(prefix="sg-", dir=scratch_directory()) as directory,
        nursery.running("smoke.demo.stack") as processes,
    ):
        Path(directory).chmod(0o711)  # PostgreSQL runs as another user
        yield Stacks(processes, Path(directory) / "cluster")
