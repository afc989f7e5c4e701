"""What the handlers of one BFF replica share."""

import time
from dataclasses import dataclass, field

from bullmq import Queue  # type: ignore[import-untyped]  # it ships no types
from redis.asyncio import Redis
from starlette.requests import Request

from smoke.demo.bff.billing import Billing
from smoke.demo.bff.crm import Crm
from smoke.demo.bff.provider import Payments
from smoke.demo.bff.remembered import Remembered
from smoke.demo.bff.sessions import Sessions
from smoke.demo.database import Pool
from smoke.demo.endurance import Memory
from smoke.demo.release import Image, Settings


@dataclass(slots=True)
class Context:
    """One replica: its build, its settings and its connections; *vitals* are kept apart for telling its health."""

    name: str
    image: Image
    settings: Settings
    database: Pool
    vitals: Pool
    redis: Redis
    exports: Queue
    sessions: Sessions
    billing: Billing
    crm: Crm
    payments: Payments
    memory: Memory
    parties: Remembered = field(default_factory=Remembered)
    started: float = field(default_factory=time.monotonic)

    @property
    def uptime_s(self) -> float:
        """How long this replica has been running, in seconds."""
        return time.monotonic() - self.started

    async def close(self) -> None:
        """Give all connections back."""
        await self.database.close()
        await self.vitals.close()
        await self.exports.close()
        await self.redis.aclose()


def context_of(request: Request) -> Context:
    """Return the context of the replica that is answering *request*."""
    context = request.app.state.context
    if not isinstance(context, Context):
        raise TypeError("the application was made without a context")
    return context
