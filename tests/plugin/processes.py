"""Processes of a run, as the operating system sees them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from subprocess import Popen
from threading import Event, Thread

import psutil

from tests.plugin.project import eventually


def family(process: Popen[str]) -> list[psutil.Process]:
    """Return all processes that *process* has started, and those that these started."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(process.pid).children(recursive=True)
    return []


def pytest_of(process: Popen[str]) -> psutil.Process:
    """Return the session of pytest that *process* supervises."""
    return next(one for one in psutil.Process(process.pid).children() if "pytest" in one.cmdline())


def all_gone(processes: list[psutil.Process], within_s: float = 5.0) -> bool:
    """Tell whether all *processes* end in time."""
    return eventually(lambda: not any(_lives(one) for one in processes), within_s)


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


class Peak:
    """The most memory that one process of a family held at a time, in bytes."""

    def __init__(self, process: Popen[str]) -> None:
        self.bytes = 0
        self._process = process

    def look(self) -> None:
        """Look once."""
        for one in [psutil.Process(self._process.pid), *family(self._process)]:
            with suppress(psutil.NoSuchProcess):
                self.bytes = max(self.bytes, one.memory_info().rss)


@contextmanager
def watched(process: Popen[str]) -> Iterator[Peak]:
    """Watch the memory of a family for the time of the block."""
    peak, done = Peak(process), Event()

    def watch() -> None:
        while not done.wait(0.03):
            with suppress(psutil.NoSuchProcess):
                peak.look()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
