"""Ask the server of a queue, read only, whoever wrote the queue."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module

import anyio
import anyio.to_thread

from smoke.dependencies import bullmq, celery, rabbitmq
from smoke.dependencies.answer import Sender
from smoke.dependencies.postgres import NotRead
from smoke.dependencies.queue_state import QueueState
from smoke.dependencies.redis_server import Reader, not_read, reading
from smoke.environment.queues import QueueDirect
from smoke.verdict.words import Cause


@dataclass(frozen=True, slots=True)
class Asking:
    """What asking takes: the address, the queue's name, the start of the deploy and the means of the run."""

    direct: QueueDirect
    url: str
    queue: str
    since: float | None
    timeout_s: float
    http: Sender
    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]


async def read_queue(asking: Asking) -> QueueState | NotRead:
    """Return what the server tells of the queue, or why nothing could be read; never raises for that."""
    if asking.direct.kind == "rabbitmq":
        return await rabbitmq.read(asking.http, asking.url, asking.direct.vhost, asking.queue, asking.timeout_s)
    return await _read_redis(asking)


async def _read_redis(asking: Asking) -> QueueState | NotRead:
    # In a thread: loading it may take longer than an answer, and nothing else may wait for that.
    await anyio.to_thread.run_sync(import_module, "redis.asyncio")
    from redis.exceptions import RedisError

    try:
        with anyio.fail_after(asking.timeout_s):
            async with reading(asking.url, asking.timeout_s) as reader:
                return await _from_redis(reader, asking)
    except TimeoutError:
        doubt = ", or speaks no TLS there" if asking.url.startswith("rediss:") else ""
        return NotRead(f"the Redis server did not answer within {asking.timeout_s:g} s{doubt}", Cause.RUNNER)
    except ValueError:
        return NotRead(
            "the queue's address is none of a Redis server; write redis://, rediss:// or unix://", Cause.CREDENTIALS
        )
    except RedisError as error:
        return not_read(error)


async def _from_redis(reader: Reader, asking: Asking) -> QueueState:
    direct = asking.direct
    if direct.kind == "celery":
        return await celery.read(reader, direct.prefix or "", asking.queue, asking.now())
    dialect = bullmq.BULL if direct.kind == "bull" else bullmq.BULLMQ
    place = bullmq.Place(direct.prefix or bullmq.PREFIX, asking.queue, dialect, asking.since)
    return await bullmq.read(reader, place, asking.now(), asking.pause)
