"""
Read a queue of BullMQ 5 or 6, or of Bull 4, from its keys in Redis.

Facts (docs/wire-formats.md): version 5 and Bull 4 rename `wait` to `paused` while the queue is paused, version 6 only
marks it, so both lists are always added up. The set `stalled` holds candidates only: truly stalled is a job in `active`
whose lock is gone. The library's own counting may write, so it is not used.
"""

import base64
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from smoke.dependencies._bullmq_events import failed_since
from smoke.dependencies.queue_state import QueueState
from smoke.dependencies.redis_server import NAME, Command, Reader

PREFIX = "bull"
"""What keys begin with, unless the application says otherwise."""

SAMPLED = 20
"""Jobs at the old end of each list whose age is looked at; those that were pushed there again are younger."""

MOST_ACTIVE = 1000
"""Active jobs whose locks are looked for, the oldest first."""

SECOND_LOOK_S = 0.5
"""A job may end, or be handed over, between two commands: without a lock is what has none a little later either."""

LATELY_S = 60.0
"""A job that was completed so lately shows a worker at work, where workers cannot be counted."""

NAMES_AT_MOST = 3
FIELD = re.compile(r"(?:^| )(name|cmd)=(\S+)")
TAKES = ("bzpopmin", "brpoplpush", "blmove")
"""The commands by which a worker waits for jobs."""

DUE = 4096
"""Scores of `delayed` are the due time in milliseconds times this."""

KEEPS = "noeviction"
"""The only policy under which a full server throws no jobs away; BullMQ demands it."""

JOB = ("timestamp", "opts", "processedOn", "atm", "attemptsMade")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where the versions differ; *prioritized* is None where prioritised jobs lie in `wait` too."""

    prioritized: str | None
    paused: tuple[str, ...]


BULLMQ = Dialect("prioritized", ("meta",))
BULL = Dialect(None, ("meta-paused",))


@dataclass(frozen=True, slots=True)
class Place:
    """One queue at a server, and the start of the deploy in epoch seconds, if it is known."""

    prefix: str
    queue: str
    dialect: Dialect
    since: float | None

    def key(self, part: str) -> str:
        """Return the key of a part of the queue, or of a job."""
        return f"{self.prefix}:{self.queue}:{part}"

    def workers_in(self, clients: str) -> int:
        """
        Return how many workers of this queue are among the *clients*, as CLIENT LIST tells them.

        Node writes the queue in base64 and names one connection of a worker, Python writes it in clear and names both.
        """
        encoded = base64.b64encode(self.queue.encode()).decode()
        fields = [dict(FIELD.findall(line)) for line in clients.splitlines()]
        node = [one for one in fields if self._named(one, encoded)]
        python = [one for one in fields if self._named(one, self.queue)]
        taking = sum(one.get("cmd") in TAKES for one in python)
        return len(node) + max(taking, -(-len(python) // 2))

    def _named(self, client: dict[str, str], queue: str) -> bool:
        name, own = client.get("name", ""), f"{self.prefix}:{queue}"
        return name == own or name.startswith(f"{own}:w:")


async def read(reader: Reader, place: Place, now: float, pause: Callable[[float], Awaitable[None]]) -> QueueState:
    """Return the state of the queue; *now* stands in for the server's clock where it does not tell it."""
    counts = await _counts(reader, place)
    time, _, clients, memory = await reader.ask(
        ("TIME",), ("CLIENT", "SETNAME", NAME), ("CLIENT", "LIST"), ("INFO", "memory")
    )
    at = now if isinstance(time, Exception) else int(time[0]) + int(time[1]) / 1e6
    workers, untold = _workers(place, clients)
    # What is in no list any more has ended meanwhile, so the active jobs are read after their number.
    (active,) = await reader.demand(("LRANGE", place.key("active"), -MOST_ACTIVE, -1))
    overdue, lately, failed, completed = await _since(reader, place, at)
    if failed is not None and place.since is not None and place.dialect is BULLMQ:
        failed = max(failed, await failed_since(reader, place.key("events"), place.since))
    loose = await _stalled(reader, place, active, pause)
    return QueueState(
        at=at,
        **counts,
        active=len(active) if len(active) < MOST_ACTIVE else counts.get("active", MOST_ACTIVE),
        held=len(active) - len(loose),
        stalled=len(loose),
        overdue=overdue,
        failed_since=failed,
        completed_since=completed,
        completed_lately=lately,
        failed_jobs=await _failed_jobs(reader, place) if failed else (),
        oldest_s=await _oldest_s(reader, place, at),
        workers=workers,
        workers_untold=untold,
        remark=_remark(memory),
    )


async def _counts(reader: Reader, place: Place) -> dict[str, Any]:
    key, prioritized = place.key, place.dialect.prioritized or ""
    wait, paused, first, delayed, failed, children, meta, marks, known = await reader.demand(
        ("LLEN", key("wait")),
        ("LLEN", key("paused")),
        ("ZCARD", key(prioritized or "prioritized")),
        ("ZCARD", key("delayed")),
        ("ZCARD", key("failed")),
        ("ZCARD", key("waiting-children")),
        ("HMGET", key("meta"), "paused", "version"),
        ("EXISTS", key("meta-paused")),
        ("EXISTS", *(key(part) for part in ("meta", "id", "wait", "paused", "active", "completed", "failed"))),
    )
    return {
        "waiting": wait + paused + (first if prioritized else 0),
        "delayed": delayed,
        "failed": failed,
        "waiting_children": children,
        "paused": bool(marks) if place.dialect is BULL else meta[0] is not None,
        "version": meta[1] or "",
        "exists": known > 0,
    }


async def _since(reader: Reader, place: Place, at: float) -> tuple[int, int, int | None, int | None]:
    """Return what is due, what was completed lately, and what failed and was completed since the deploy."""
    now: list[Command] = [
        ("ZCOUNT", place.key("delayed"), "-inf", int(at * 1000) * DUE),
        ("ZCOUNT", place.key("completed"), int((at - LATELY_S) * 1000), "+inf"),
    ]
    since = int((place.since or 0) * 1000)
    ended: list[Command] = [("ZCOUNT", place.key(part), since, "+inf") for part in ("failed", "completed")]
    overdue, lately, failed, completed = await reader.demand(*now, *ended)
    return (overdue, lately, None, None) if place.since is None else (overdue, lately, failed, completed)


async def _stalled(
    reader: Reader, place: Place, active: Sequence[str], pause: Callable[[float], Awaitable[None]]
) -> list[str]:
    """Return the active jobs that have no lock, now and a moment later."""
    loose = await _without_lock(reader, place, active)
    if not loose:
        return []
    await pause(SECOND_LOOK_S)
    (still,) = await reader.demand(("LRANGE", place.key("active"), -MOST_ACTIVE, -1))
    return await _without_lock(reader, place, [job for job in loose if job in set(still)])


async def _without_lock(reader: Reader, place: Place, jobs: Sequence[str]) -> list[str]:
    locks = await reader.demand(*(("EXISTS", place.key(f"{job}:lock")) for job in jobs))
    return [job for job, lock in zip(jobs, locks, strict=True) if not lock]


async def _oldest_s(reader: Reader, place: Place, at: float) -> float | None:
    """Return for how long the oldest job that could be worked on has waited."""
    lists: list[Command] = [("LRANGE", place.key(part), -SAMPLED, -1) for part in ("wait", "paused")]
    if place.dialect.prioritized:
        lists.append(("ZRANGE", place.key(place.dialect.prioritized), 0, SAMPLED - 1))
    *found, due = await reader.demand(*lists, ("ZRANGE", place.key("delayed"), 0, 0, "WITHSCORES"))
    ids = [job for one in found for job in one]
    jobs = await reader.demand(*(("HMGET", place.key(job), *JOB) for job in ids))
    since = [moment for one in jobs if (moment := _waits_since(*one)) is not None]
    if len(due) > 1 and float(due[1]) / DUE / 1000 <= at:
        since.append(float(due[1]) / DUE / 1000)
    return round(max(0.0, at - min(since)), 3) if since else None


def _waits_since(added: str | None, options: str | None, started: str | None, *attempts: str | None) -> float | None:
    """
    Return when a job could first have been taken, in epoch seconds; None where that cannot be told.

    A delay is no waiting, nor is the time before an earlier attempt; how long a retry was held back is not kept.
    """
    chosen = _json(options)
    if added is None or not added.isdecimal():
        return None
    if any(count not in {None, "", "0"} for count in attempts) and chosen.get("backoff"):
        return None
    delay = chosen.get("delay", 0)
    ready = int(added) + (delay if isinstance(delay, int | float) and delay > 0 else 0)
    return max(ready, int(started) if started and started.isdecimal() else 0) / 1000


async def _failed_jobs(reader: Reader, place: Place) -> tuple[str, ...]:
    """Return the names of what failed last: reasons may quote customers' data, names are written by developers."""
    (ids,) = await reader.demand(("ZRANGE", place.key("failed"), -SAMPLED, -1))
    names = await reader.demand(*(("HMGET", place.key(job), "name") for job in ids))
    return tuple(dict.fromkeys(one[0][:60] for one in reversed(names) if one[0]))[:NAMES_AT_MOST]


def _workers(place: Place, clients: Any) -> tuple[int | None, str]:
    if not isinstance(clients, str):
        return None, "the server does not list its clients to the verifier"
    if f"name={NAME}" not in clients:
        return None, "the server keeps no names of its clients"
    return place.workers_in(clients), ""


def _remark(memory: Any) -> str:
    """Say that the server may throw jobs away, where it tells so."""
    policy = dict(memory) if isinstance(memory, dict) else dict(re.findall(r"(?m)^(\w+):(\S*)\r?$", str(memory)))
    chosen = policy.get("maxmemory_policy", KEEPS)
    return "" if chosen == KEEPS else f"the server may throw jobs away: maxmemory-policy is {chosen}, not {KEEPS}"


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
