"""The most memory that the Python processes of a run held, the browser and its driver left out."""

from threading import Event, Thread
from types import TracebackType
from typing import Self

import psutil

EVERY_S = 0.1
MIB = 2**20


class PeakMemory:
    """
    Watch the Python processes below *parent*, in a thread; a context manager.

    *peaks* holds, by process id, the largest resident set so far, in bytes. Where the kernel keeps the peak itself
    (Linux, `VmHWM`), nothing is missed between two looks.
    """

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._ended = Event()
        self._thread = Thread(target=self._watch)
        self.peaks: dict[int, int] = {}

    @property
    def largest_mib(self) -> float:
        """The peak of the largest process: the one that verifies."""
        return max(self.peaks.values(), default=0) / MIB

    @property
    def all_mib(self) -> float:
        """The sum of the peaks of all, the supervisor included."""
        return sum(self.peaks.values()) / MIB

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_S):
            try:
                self._look(psutil.Process(self._parent))
            except psutil.Error:
                continue  # it has just ended

    def _look(self, parent: psutil.Process) -> None:
        for one in [parent, *parent.children(recursive=True)]:
            try:
                if one.name().startswith("python") or "smoke" in one.name():
                    self.peaks[one.pid] = max(self.peaks.get(one.pid, 0), _peak(one))
            except psutil.Error:
                continue


def _peak(process: psutil.Process) -> int:
    try:
        with open(f"/proc/{process.pid}/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - short-lived
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return int(process.memory_info().rss)
