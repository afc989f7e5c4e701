"""
Count failures that left no job behind, by the events that BullMQ keeps beside the queue.

With `removeOnFail` a failed job is removed at once, so the set of failed jobs tells nothing; the stream of events, of
which about ten thousand are kept, still does. An event `failed` is written once a job has used up its attempts.
"""

from typing import Any

from smoke.dependencies.redis_server import Reader

MOST = 1000
"""Events that are read, the newest first."""


async def failed_since(reader: Reader, key: str, since: float) -> int:
    """Return how many jobs failed since epoch second *since*, as far as the newest events tell."""
    (events,) = await reader.ask(("XREVRANGE", key, "+", int(since * 1000), "COUNT", MOST))
    return len({_job(event) for event in events if _name(event) == "failed"}) if isinstance(events, list) else 0


def _name(event: Any) -> str:
    return str(_fields(event).get("event", ""))


def _job(event: Any) -> str:
    return str(_fields(event).get("jobId", ""))


def _fields(event: Any) -> dict[str, Any]:
    fields = event[1] if isinstance(event, list | tuple) and len(event) > 1 else None
    return fields if isinstance(fields, dict) else {}
