"""See to it that the run ends in time, whatever hangs (law 5)."""

import os
import signal
from collections.abc import Callable
from threading import Event, Thread, Timer, main_thread
from time import time
from types import FrameType

GRACE_S = 3.0
"""What a run may take beyond its budget to close browsers and write its files, in seconds."""

SUPERVISOR_PIPE = "SMOKE_SUPERVISOR_PIPE"
"""Environment variable with the descriptor of a pipe that closes when the supervisor dies."""

SUPERVISOR_DIED = "the supervisor died"


class Interrupted(KeyboardInterrupt):
    """A signal asked the run to stop; the text names it."""


def interrupt_once() -> None:
    """Let only the first SIGINT interrupt this process, so that it can clean up; must be called in the main thread."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise Interrupted("interrupted by SIGINT")

    signal.signal(signal.SIGINT, stop)


class Watchdog:
    """
    Call *expire* from a thread of its own when the deadline and its grace have passed; *expire* ends the process.

    SIGTERM, and the death of the supervisor, stop the run as Ctrl-C does, with the same short grace.
    """

    def __init__(self, deadline: float, expire: Callable[[str], None]) -> None:
        self._expire = expire
        self._ends_at = deadline + GRACE_S
        self._timer = self._after(self._ends_at - time(), "the budget ended and something still hung")
        self.reason: str | None = None
        self._done = Event()
        self._closing = False
        self._raised = False

    def start(self) -> None:
        """Begin to watch; must be called in the main thread."""
        self._timer.start()
        self._previous = {one: signal.signal(one, self._on_signal) for one in (signal.SIGTERM, signal.SIGINT)}
        if SUPERVISOR_PIPE in os.environ:
            Thread(target=self._watch_pipe, args=(int(os.environ[SUPERVISOR_PIPE]),), daemon=True).start()

    def stop(self) -> None:
        """Stop watching; the verdict is there."""
        self._done.set()
        self._timer.cancel()
        for one, handler in self._previous.items():
            signal.signal(one, handler)

    def _after(self, seconds: float, reason: str) -> Timer:
        timer = Timer(max(0.0, seconds), self._expire, (reason,))
        timer.daemon = True
        return timer

    def close(self) -> None:
        """Let signals no longer interrupt: the verdict is being written."""
        self._closing = True

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._interrupt(f"interrupted by {signal.Signals(number).name}")
        if not self._raised and not self._closing:
            self._raised = True
            raise Interrupted(self.reason)

    def _interrupt(self, reason: str) -> None:
        """Begin the grace; the first reason counts, and no further one, however impatient, makes the grace longer."""
        if self.reason is not None:
            return
        self.reason = reason
        self._timer.cancel()
        self._timer = self._after(min(GRACE_S, self._ends_at - time()), reason)
        self._timer.start()

    def _watch_pipe(self, descriptor: int) -> None:
        os.read(descriptor, 1)  # nothing is ever written: it returns when the other end is closed
        if not self._done.is_set():
            self._interrupt(SUPERVISOR_DIED)
            signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
