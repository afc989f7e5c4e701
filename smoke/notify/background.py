"""Announce in the background, in order, so that a deploy or its rollback waits for nobody."""

from argparse import Namespace
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from smoke.notify.announce import WITHIN_S, announce
from smoke.notify.event import Event

LAST_WORDS_S = WITHIN_S + 2.0
"""What is still being told at the end may take so long."""


class Announcer:
    """
    Call it with each event; within its `with` statement they are told one after the other.

    *tell* tells one event: by default it is `announce` with the options *chosen* and the variables *environ*.
    """

    def __init__(
        self, chosen: Namespace, environ: Mapping[str, str], tell: Callable[[Event], object] | None = None
    ) -> None:
        self._tell = tell or (lambda event: announce(event, chosen, environ))
        self._events: SimpleQueue[Event | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="announcements", daemon=True)

    def __call__(self, event: Event) -> None:
        """Have *event* told; returns at once."""
        self._events.put(event)

    def __enter__(self) -> Self:
        """Begin to tell."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Tell what is left, as far as there is time for it."""
        self._events.put(None)
        self._thread.join(LAST_WORDS_S)

    def _work(self) -> None:
        while (event := self._events.get()) is not None:
            self._tell(event)
