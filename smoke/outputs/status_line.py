"""The one line of a terminal that is rewritten in place while a run goes on."""

import threading
from collections.abc import Callable
from typing import TextIO
from weakref import WeakKeyDictionary, ref

EVERY_S = 0.5
"""How often the line is written again, for the time that is left."""

_ERASE_REST = "\x1b[K"

_TURNS: "WeakKeyDictionary[TextIO, list[ref[StatusLine]]]" = WeakKeyDictionary()

_TURNS_LOCK = threading.RLock()
"""Each line is printed by a thread of its own run; a signal may interrupt one of them while it holds this."""


class StatusLine:
    """
    Writes finished lines above one line that it keeps rewriting; on a stream that is not *live*, finished lines only.

    Erasing, writing and drawing again go out as one write, so nothing flickers. *render* says what to show now; it is
    called on a thread of its own as well.

    Several on one stream take turns, in the order of their first lines: what the others print is held until it is their
    turn, so that each run is one block.
    """

    def __init__(self, stream: TextIO, render: Callable[[], str], *, live: bool) -> None:
        self._stream = stream
        self._render = render
        self._live = live
        self._shown = False
        self._gone = False
        self._held: list[str] = []
        self._turns = _TURNS.setdefault(stream, [])
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
            if not self._is_my_turn():
                self._held.extend(lines)
                return
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

    def leave(self) -> None:
        """Erase the line, and let the next one on this stream print what it has held."""
        self.stop()
        with _TURNS_LOCK:
            self._turns[:] = [one for one in self._turns if one() not in {self, None}]
            following = self._turns[0]() if self._turns else None
        if following:
            following.release()

    def release(self) -> None:
        """Print what was held; called when it is this one's turn."""
        with self._lock:
            held, self._held = self._held, []
            self.print(*held)

    def _is_my_turn(self) -> bool:
        # One that was forgotten without an end must not keep the others waiting, hence weak references.
        with _TURNS_LOCK:
            self._turns[:] = [one for one in self._turns if one() is not None]
            if all(one() is not self for one in self._turns):
                self._turns.append(ref(self))
            return self._turns[0]() is self

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
