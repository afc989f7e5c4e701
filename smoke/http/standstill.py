"""
Limits that count only the time in which this process could run.

A machine that stands still (suspended, moved elsewhere, starved by others) lets every limit pass at once, while the
answers lie there unread. That is no fault of who was asked. How late a timer of ours fires tells how long nothing ran
here, and the limits are put off by that.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import anyio

BEAT_S = 0.05
"""How often this process looks whether it was woken in time, while something is waited for."""

NOTABLE_S = 0.1
"""Whoever is woken no later than this stands on a machine that is merely busy."""


class Standstill:
    """
    How long one event loop stood still while something was waited for in it, *total_s* in seconds.

    The budget of a run bounds what is put off here.
    """

    def __init__(self) -> None:
        self.total_s = 0.0
        self._scopes: set[anyio.CancelScope] = set()
        self._beat: asyncio.TimerHandle | None = None

    @contextmanager
    def until(self, deadline: float) -> Iterator[anyio.CancelScope]:
        """Cancel what goes on inside at *deadline*, on the clock of the loop; standing still until then puts it off."""
        with anyio.CancelScope(deadline=deadline) as scope:
            self._scopes.add(scope)
            if self._beat is None:
                self._expect()
            try:
                yield scope
            finally:
                self._scopes.discard(scope)
                if not self._scopes and self._beat is not None:
                    self._beat.cancel()
                    self._beat = None

    def _expect(self) -> None:
        self._beat = asyncio.get_running_loop().call_later(BEAT_S, self._woken)

    def _woken(self) -> None:
        """Put off all limits; timers are called in their order, so none that passed meanwhile was obeyed yet."""
        if self._beat is None:
            return
        late_s = asyncio.get_running_loop().time() - self._beat.when()
        if late_s > NOTABLE_S:
            self.total_s += late_s
            for scope in self._scopes:
                scope.deadline += late_s
        self._expect()
