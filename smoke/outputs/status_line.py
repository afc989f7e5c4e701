"""The one line of a terminal that is rewritten in place while a run goes on."""

import threading
from collections.abc import Callable
from typing import TextIO

EVERY_S = 0.5
"""How often the line is written again, for the time that is left."""

_ERASE_REST = "\x1b[K"


class StatusLine:
    """
    Writes finished lines above one line that it keeps rewriting; on a stream that is not *live*, finished lines only.

    Erasing, writing and drawing again go out as one write, so nothing flickers. *render* says what to show now; it is
    called on a thread of its own as well.
    """

    def __init__(self, stream: TextIO, render: Callable[[], str], *, live: bool) -> None:
        self._stream = stream
        self._render = render
        self._live = live
        self._shown = False
        self._gone = False
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._ticker: threading.Thread | None = None

    def start(self) -> None:
        """Begin to show the line."""
        if self._live and self._ticker is None:
            self._ticker = threading.Thread(target=self._tick, name="smoke-status-line", daemon=True)
            self._ticker.start()
        self.print()

    def print(self, *lines: str) -> None:
        """Write finished lines above the status line."""
        with self._lock:
            finished = "".join(f"{line}\n" for line in lines)
            self._write(f"\r{_ERASE_REST}{finished}" if self._shown else finished, draw=self._running)

    def stop(self) -> None:
        """
        Erase the line for good.

        The thread is not waited for: a signal may have interrupted this one while it holds the lock.
        """
        self._ended.set()
        with self._lock:
            self._write(f"\r{_ERASE_REST}" if self._shown else "", draw=False)

    @property
    def _running(self) -> bool:
        return self._ticker is not None and not self._ended.is_set()

    def _tick(self) -> None:
        while not self._ended.wait(EVERY_S):
            self.print()

    def _write(self, text: str, *, draw: bool) -> None:
        line = self._render() if draw else ""
        if self._shown and not text:
            text = f"\r{line}{_ERASE_REST}"
        else:
            text += line
        self._shown = bool(line)
        if not text or self._gone:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            # The reader of a pipe has left, or the stream was closed: the verdict does not depend on being watched.
            self._gone = True
