"""The schedule: reminders of unpaid invoices, carried out by one replica at every tick, and recorded for auditors."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime

from psycopg import Error
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.context import Context, context_of
from smoke.demo.release import Bug

JOB = "invoice-reminders"
SHOWN = 60


class Schedule:
    """The timer of one replica: every replica has one, and they agree through a lock on who does the work."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Wait for ticks from now on."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Wait for no more ticks."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        period_s = self._context.settings.tick_s
        while True:
            tick = time.time() // period_s + 1
            await asyncio.sleep(tick * period_s - time.time())
            with suppress(Error, RedisError, OSError):
                await self._execute(f"{JOB}:{datetime.fromtimestamp(tick * period_s, UTC).isoformat()}")

    async def _execute(self, key: str) -> None:
        context = self._context
        alone = await context.redis.set(f"schedule:{key}", context.name, nx=True, ex=3600)
        if alone or Bug.RUNS_EVERY_TICK_EVERYWHERE in context.image.bugs:
            await context.database.rows("INSERT INTO schedule_run (key, replica) VALUES (%s, %s)", key, context.name)


async def runs(request: Request) -> JSONResponse:
    """GET /ops/schedule: the newest executions, each with the key that names its tick."""
    rows = await context_of(request).database.rows(
        "SELECT key, replica, executed_at FROM schedule_run ORDER BY id DESC LIMIT %s", SHOWN
    )
    items = [{"key": one["key"], "replica": one["replica"], "executedAt": _text(one["executed_at"])} for one in rows]
    return JSONResponse({"runs": items}, headers={"cache-control": "no-store"})


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
