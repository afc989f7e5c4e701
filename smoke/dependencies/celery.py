"""
Read a queue of Celery from its broker's keys in Redis; nothing is sent to the workers.

Facts (docs/wire-formats.md), most of them from Kombu's transport: a queue is a list of its own name, one more for each
step of priority; what workers hold lies in `unacked_index`, of all queues together. Workers have no names there: they
are told by the connections that take messages (BRPOP) or listen to the control channel.
"""

import re

from smoke.dependencies.queue_state import QueueState
from smoke.dependencies.redis_server import Reader

STEPS = ("", *(f"\x06\x16{step}" for step in (3, 6, 9)))
"""What follows the queue's name in the lists of its priorities."""

BINDING = "_kombu.binding."
FIELD = re.compile(r"(?:^| )(cmd|psub|db)=(\S+)")


async def read(reader: Reader, prefix: str, queue: str, now: float) -> QueueState:
    """Return the state of the queue; *now* stands in for the server's clock where it does not tell it."""
    lists = [f"{prefix}{queue}{step}" for step in STEPS]
    depths = await reader.demand(*(("LLEN", one) for one in lists))
    held, bound = await reader.demand(
        ("ZCARD", f"{prefix}unacked_index"), ("EXISTS", f"{prefix}{BINDING}{queue}", f"{prefix}{queue}")
    )
    time, clients = await reader.ask(("TIME",), ("CLIENT", "LIST"))
    listed = isinstance(clients, str)
    return QueueState(
        at=now if isinstance(time, Exception) else int(time[0]) + int(time[1]) / 1e6,
        waiting=sum(depths),
        exists=bool(bound) or sum(depths) > 0,
        active=held,
        held=held,
        workers=_workers(clients) if listed else None,
        workers_untold="" if listed else "the server does not list its clients to the verifier",
    )


def _workers(clients: str) -> int:
    """
    Return how many connections take messages, or listen to the control channel where all are busy.

    Only those of the broker's own database count, which is that of the connection that lists the clients.
    """
    fields: list[dict[str, str]] = [dict(FIELD.findall(line)) for line in clients.splitlines()]
    own = {one.get("db") for one in fields if one.get("cmd", "").startswith("client")}
    here = [one for one in fields if not own or one.get("db") in own]
    taking = sum(one.get("cmd") == "brpop" for one in here)
    listening = sum(one.get("psub", "0") != "0" for one in here)
    return max(taking, listening)
