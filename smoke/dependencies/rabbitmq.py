"""
Read a queue of RabbitMQ from its management API.

Facts (docs/wire-formats.md): the reduced form of the list tells no consumers, so the queue itself is asked; `%2F`
stands for the virtual host `/`. Counts are missing for a moment after a queue was declared, and where the management
agent keeps no statistics.
"""

import base64
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from smoke.dependencies.answer import Sender, json_of, without_answer
from smoke.dependencies.postgres import NotRead
from smoke.dependencies.queue_state import QueueState
from smoke.http import Exchange, Request
from smoke.verdict.words import Cause

NAME = "RabbitMQ"

RUNNING = frozenset({"running", "idle", "flow"})
"""States of a queue that serves; `flow` slows its publishers down. Others are such as `down`, `crashed`, `stopped`."""


async def read(http: Sender, url: str, vhost: str, queue: str, timeout_s: float) -> QueueState | NotRead:
    """Return the state of the queue, or why it could not be read; never raises for what the server does."""
    request = request_of(url, vhost, queue, timeout_s)
    if request is None:
        said = "the queue's address is none of RabbitMQ's management API; write https://user:password@host"
        return NotRead(said, Cause.CREDENTIALS)
    return state_in(await http.send(request))


def request_of(url: str, vhost: str, queue: str, timeout_s: float) -> Request | None:
    """Return the request, with the credentials of *url* in a header; None for what is no such address."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = f"{parts.path.rstrip('/')}/api/queues/{quote(vhost, safe='')}/{quote(queue, safe='')}"
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    headers = {"Accept": "application/json", "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return Request("GET", urlunsplit((parts.scheme, host + port, path, "", "")), headers=headers, timeout_s=timeout_s)


def state_in(exchange: Exchange) -> QueueState | NotRead:
    """Return what an answer tells of the queue; pure."""
    silent = without_answer(NAME, exchange)
    if silent is not None:
        return NotRead(silent.message, silent.cause)
    answer = json_of(exchange)
    if exchange.is_ok and isinstance(answer, dict):
        return _state(answer, exchange.at)
    if exchange.status == 404 and isinstance(answer, dict):  # noqa: PLR2004 - not found
        return QueueState(at=exchange.at, waiting=0, exists=False, workers=0)
    found = f"{NAME} answered {exchange.outline()}"
    if exchange.status in {401, 403}:
        return NotRead(f"{found}: it refuses the verifier's user, who needs the tag 'monitoring'", Cause.CREDENTIALS)
    if exchange.is_server_error:
        return NotRead(f"{found}: it serves nobody for now", Cause.DEPENDENCY)
    return NotRead(f"{found}, which is not an answer of its management API; check the address", Cause.SUITE)


def _state(queue: dict[str, Any], at: float) -> QueueState | NotRead:
    names = ("messages_ready", "messages_unacknowledged", "consumers")
    ready, held, consumers = (_count(queue.get(name)) for name in names)
    if ready is None:
        return NotRead(f"{NAME} tells no count of messages; its management agent keeps no statistics", Cause.SUITE)
    state, head = queue.get("state"), _count(queue.get("head_message_timestamp"))
    trouble = isinstance(state, str) and state not in RUNNING and not state.startswith("{")
    return QueueState(
        at=at,
        waiting=ready,
        active=held,
        held=held,
        oldest_s=max(0.0, at - head) if head else None,
        workers=consumers,
        workers_untold="" if consumers is not None else f"{NAME} tells no consumers of the queue",
        trouble=f"the queue is {state[:20]}" if trouble and isinstance(state, str) else "",
    )


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None
