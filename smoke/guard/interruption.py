"""Signals that ask a guarded deployment to stop: noted whoever handles them, and obeyed only where that is safe."""

import os
import signal
from contextlib import suppress
from types import FrameType
from typing import Any, Self

STOPS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """
    A context in which SIGINT and SIGTERM end nothing by themselves.

    A rollback that has begun is finished, whatever is asked: half of one is worse than either release. A command that
    may be stopped is named by `obeyed_by`. Signals are noted although a run that is supervised meanwhile handles them
    itself: the kernel's numbers are written to a pipe of ours too.
    """

    def __init__(self) -> None:
        self._group: int | None = None
        self._came: str = ""
        self._previous: dict[signal.Signals, Any] = {}
        self._wakeup = -1

    @property
    def came(self) -> str:
        """The name of the first signal that asked to stop, or nothing."""
        with suppress(BlockingIOError):
            for number in os.read(self._read, 256):
                if number in STOPS and not self._came:
                    self._came = signal.Signals(number).name
        return self._came

    def obeyed_by(self, group: int | None) -> None:
        """Hand on what comes to the process *group*, or to nobody; what came while it was being started, too."""
        self._group = group
        if group is not None and self.came:
            self._hand_on(signal.Signals[self.came], None)

    def __enter__(self) -> Self:
        """Begin to listen; must be called in the main thread."""
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._previous = {one: signal.signal(one, self._hand_on) for one in STOPS}
        return self

    def __exit__(self, *_: object) -> None:
        """Let signals do again what they did."""
        for one, handler in self._previous.items():
            signal.signal(one, handler)
        signal.set_wakeup_fd(self._wakeup)
        for end in (self._read, self._write):
            os.close(end)

    def _hand_on(self, number: int, _frame: FrameType | None) -> None:
        if self._group is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._group, number)
