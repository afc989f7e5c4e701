"""An answer that is asked for once and given for a moment to everybody who asks meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

LASTS_S = 1.0


class Remembered:
    """Probes of readiness come often; third parties are not asked each time."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._at = -LASTS_S
        self._known: dict[str, Any] = {}

    async def ask(self, asked: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """Return what *asked* said a moment ago, or says now."""
        async with self._lock:
            if time.monotonic() - self._at >= LASTS_S:
                self._known, self._at = await asked(), time.monotonic()
            return self._known
