"""How late this process itself is woken: on a busy machine whoever measures others measures himself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

NAP_S = 0.02
"""Long enough to cost nothing; whatever is quicker than that is slow for nobody."""

STEPS = 3.0
"""An answer takes several steps, of which each waits until this process is woken."""


@asynccontextmanager
async def own_delays() -> AsyncIterator[list[float]]:
    """
    Collect how late this process is woken while something goes on, in milliseconds; raise nothing inside.

    What was waited for may be woken together with the nap that it outlasted, and before it: that one counts as well.
    """
    seen: list[float] = []
    due = anyio.current_time() + NAP_S

    async def doze() -> None:
        nonlocal due
        while True:
            due = anyio.current_time() + NAP_S
            await anyio.sleep(NAP_S)
            seen.append(1000 * (anyio.current_time() - due))

    async with anyio.create_task_group() as group:
        group.start_soon(doze)
        yield seen
        overdue_ms = 1000 * (anyio.current_time() - due)
        if overdue_ms > 0:
            seen.append(overdue_ms)
        group.cancel_scope.cancel()
