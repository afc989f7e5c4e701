"""The worker: carries out the jobs of the `exports` queue with BullMQ, and tells its own health."""

import asyncio
import csv
import io
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from bullmq import Job, Queue, Worker  # type: ignore[import-untyped]  # it ships no types
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from smoke.demo.database import Pool
from smoke.demo.endurance import Pooling
from smoke.demo.release import Bug, Image, Settings
from smoke.demo.warmth import Replica

QUEUE = "exports"
PRELOADED_TAKES_S = 0.2


async def preload(settings: Settings, jobs: int, speed: float) -> None:
    """Put *jobs* exports, larger than usual, into the queue, as a spike of load does; none touch nothing."""
    if not jobs:
        return
    redis = Redis(unix_socket_path=settings.valkey, decode_responses=True)
    queue = Queue(QUEUE, {"connection": redis})
    data = {"customer": 2, "takes_s": PRELOADED_TAKES_S / speed}
    for at in range(0, jobs, 100):
        names = [str(uuid4()) for _ in range(min(100, jobs - at))]
        await queue.addBulk([{"name": "export", "data": {"id": one, **data}, "opts": {"jobId": one}} for one in names])
    await queue.close()
    await redis.aclose()


class ExportWorker:
    """One worker process: takes jobs, unless its build is deaf."""

    def __init__(self, name: str, image: Image, settings: Settings) -> None:
        self._name = name
        self._image = image
        self._settings = settings
        self._database = Pool(settings.database, Pooling(2))
        self._worker: Any = None
        self._started = time.monotonic()

    def app(self, first: Sequence[BaseRoute] = ()) -> ASGIApp:
        """Return the application that tells the worker's health; *first* are routes that go before its own."""
        return Replica(Starlette(routes=[*first, Route("/health", self._health)]), self._name)

    def start(self) -> None:
        """Take jobs from now on."""
        if Bug.DEAF not in self._image.bugs:
            connection = {"unix_socket_path": self._settings.valkey}
            self._worker = Worker(QUEUE, self._carry_out, {"connection": connection, "concurrency": 4})

    async def stop(self) -> None:
        """Finish the current jobs and take no more."""
        if self._worker is not None:
            await self._worker.close()
        await self._database.close()

    async def _health(self, _request: Request) -> JSONResponse:
        uptime = round(time.monotonic() - self._started, 3)
        return JSONResponse(
            {"status": "ok", "version": self._image.commit, "release": self._image.version, "uptime": uptime}
        )

    async def _carry_out(self, job: Job, _token: str) -> dict[str, int]:
        """Write the customer's invoices as CSV into the export."""
        export, customer = job.data["id"], job.data["customer"]
        await self._database.rows("UPDATE export SET status = 'active' WHERE id = %s", export)
        rows = await self._database.rows(
            "SELECT number, issued_on, total FROM invoice WHERE customer_id = %s ORDER BY number", customer
        )
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(["number", "issued on", "total"])
        writer.writerows([row["number"], row["issued_on"], row["total"]] for row in rows)
        await asyncio.sleep(job.data.get("takes_s", 0.1))  # rendering takes a moment: a job can be seen under way
        await self._database.rows(
            "UPDATE export SET status = 'completed', content = %s, finished_at = now() WHERE id = %s",
            sheet.getvalue(),
            export,
        )
        return {"rows": len(rows)}
