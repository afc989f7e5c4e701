"""The standard output of a run, which its reader may close at any time, or may never have opened."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def outlive_reader() -> None:
    """Let writing to `sys.stdout` never fail: what nobody reads any more goes nowhere, and the exit status stays."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - till the end of the process
    elif not isinstance(sys.stdout, Unbreakable):
        sys.stdout = Unbreakable(sys.stdout)


class Unbreakable:
    """A text stream that writes to nowhere once its pipe is broken."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        """Offer whatever else the stream can do."""
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write *text*, or drop it."""
        try:
            self._stream.write(text)
        except BrokenPipeError:
            self._drop()
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write *lines*, or drop them."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Write what waits, or drop it."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._drop()

    def _drop(self) -> None:
        """Lead the descriptor to nowhere, so that what is still buffered, by others too, can be written."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
