"""BullMQ and Bull queues are read from their keys, as their libraries write them."""

import asyncio
import base64
import json
import time
from typing import Any

import pytest
from bullmq import Queue, Worker  # type: ignore[import-untyped]  # it ships no types

from smoke.dependencies.bullmq import BULL, BULLMQ, Place
from smoke.dependencies.queue_server import read_queue
from tests.dependencies.test_queue_server import asking, state
from tests.dependencies.valkey_server import Store

ENCODED = base64.b64encode(b"emails").decode()


def job(client: Any, number: int, age_s: float, options: Any = None, **fields: Any) -> str:
    """Write a job that was added *age_s* ago."""
    added = int((time.time() - age_s) * 1000)
    client.hset(
        f"bull:emails:{number}",
        mapping={"name": "send", "timestamp": added, "opts": json.dumps(options or {}), **fields},
    )
    return str(number)


def test_depth_is_all_that_may_be_taken(store: Store) -> None:
    """Waiting, paused and prioritised jobs wait; delayed ones and parents do not."""
    client = store.client()
    client.lpush("bull:emails:wait", job(client, 1, 1))
    client.lpush("bull:emails:paused", job(client, 2, 2), job(client, 3, 3))
    client.zadd("bull:emails:prioritized", {job(client, 4, 4): 1 << 32})
    client.zadd("bull:emails:delayed", {job(client, 5, 900): (time.time() + 60) * 1000 * 4096})
    client.zadd("bull:emails:waiting-children", {job(client, 6, 900): 1})

    found = state(store.url)

    assert (found.waiting, found.delayed, found.overdue, found.waiting_children) == (4, 1, 0, 1)
    assert found.oldest_s == pytest.approx(4, abs=1)


def test_age_leaves_out_what_was_not_waiting(store: Store) -> None:
    """Neither a chosen delay nor an earlier attempt counts as waiting, and a retry held back tells no age."""
    client = store.client()
    client.rpush(
        "bull:emails:wait",
        job(client, 1, 500, {"delay": 490_000}),
        job(client, 2, 700, processedOn=int((time.time() - 5) * 1000), atm=1),
        job(client, 3, 900, {"backoff": {"type": "fixed", "delay": 800_000}}, atm=1),
        job(client, 4, 1, "not json"),
    )
    client.rpush("bull:emails:wait", "gone")

    assert state(store.url).oldest_s == pytest.approx(10, abs=1)


def test_due_and_not_taken_up(store: Store) -> None:
    """A delayed job whose time has come, and that nobody takes up, waits since then."""
    client = store.client()
    client.zadd("bull:emails:delayed", {job(client, 1, 900): (time.time() - 30) * 1000 * 4096})

    found = state(store.url)

    assert found.overdue == 1
    assert found.oldest_s == pytest.approx(30, abs=1)


def test_failures_since_the_deploy(store: Store) -> None:
    """Failures and completions count from the start of the deploy, and failed jobs are named, not quoted."""
    client, now = store.client(), time.time()
    scores = {"1": (now - 900) * 1000, job(client, 2, 9, failedReason="hunter2"): now * 1000}
    client.zadd("bull:emails:failed", scores)
    client.zadd("bull:emails:completed", {"3": now * 1000})

    found = state(store.url, since=now - 60)

    assert (found.failed, found.failed_since, found.completed_since) == (2, 1, 1)
    assert (found.failed_jobs, "hunter2" in str(found)) == (("send",), False)
    assert state(store.url).failed_since is None


def test_stalled_is_active_without_a_lock(store: Store) -> None:
    """The set `stalled` holds candidates; what counts is an active job that nobody holds, now and a moment later."""
    client = store.client()
    client.lpush("bull:emails:active", "1", "2")
    client.sadd("bull:emails:stalled", "1", "2")
    client.set("bull:emails:1:lock", "token", px=30_000)

    found = state(store.url)

    assert (found.active, found.held, found.stalled) == (2, 1, 1)


def test_a_job_that_ends_while_it_is_looked_at(store: Store) -> None:
    """A job that lost its lock because it ended between two commands is not stalled."""
    client = store.client()
    client.lpush("bull:emails:active", "1")

    async def end(_seconds: float) -> None:
        client.lrem("bull:emails:active", 0, "1")

    given = asking(store.url)
    object.__setattr__(given, "pause", end)
    found = asyncio.run(read_queue(given))

    assert getattr(found, "stalled", None) == 0


def test_a_server_that_throws_jobs_away(store: Store) -> None:
    """A server that may evict keys is told, whatever the queue is like."""
    client = store.client()
    assert state(store.url).remark == ""
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert "maxmemory-policy is allkeys-lru, not noeviction" in state(store.url).remark
    finally:
        client.config_set("maxmemory-policy", "noeviction")


@pytest.mark.parametrize("kind", ["bullmq", "bull"])
def test_paused(store: Store, kind: str) -> None:
    """BullMQ marks a paused queue in `meta`, Bull 4 by a key of its own."""
    client = store.client()
    client.hset("bull:emails:meta", "version", "x")
    assert state(store.url, kind=kind).paused is False
    client.set("bull:emails:meta-paused", 1) if kind == "bull" else client.hset("bull:emails:meta", "paused", 1)
    assert state(store.url, kind=kind).paused is True


def test_priorities_of_bull_lie_in_wait_too(store: Store) -> None:
    """Bull 4 keeps priorities beside the list of waiting jobs, so they are not counted twice."""
    client = store.client()
    client.lpush("bull:emails:wait", job(client, 1, 1))
    client.zadd("bull:emails:priority", {"1": 3})

    assert state(store.url, kind="bull").waiting == 1


NAMES = {
    f"bull:{ENCODED}": True,
    f"bull:{ENCODED}:w:mailer-1": True,
    "bull:emails": True,
    "bull:emails:w:mailer-1": True,
    f"bull:{ENCODED}:qe": False,
    f"bull:{ENCODED}x": False,
    "bull:emails2": False,
    "other:emails": False,
    "": False,
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_workers(name: str) -> None:
    """Node writes the queue's name in base64, Python in clear; listeners to events are no workers."""
    line = f"id=7 addr=127.0.0.1:5 laddr=127.0.0.1:6 fd=8 name={name} age=2 cmd=evalsha user=default"

    assert Place("bull", "emails", BULLMQ, None).workers_in(line) == NAMES[name]
    assert Place("bull", "emails", BULL, None).workers_in(line) == NAMES[name]


def test_python_names_two_connections() -> None:
    """Both connections of a Python worker have its name; those that wait for jobs are one worker each."""
    place = Place("bull", "emails", BULLMQ, None)
    other, taking = "name=bull:emails cmd=evalsha\n", "name=bull:emails cmd=bzpopmin\n"

    assert place.workers_in(other * 2 + taking * 2) == 2
    assert place.workers_in(other) == 1
    assert place.workers_in(taking * 2) == 2


def test_a_server_that_keeps_no_names(store: Store) -> None:
    """Where not even our own name is kept, the workers are not known."""
    client = store.client()
    client.execute_command("ACL", "SETUSER", "nameless", "on", ">p", "~*", "+@all", "-client|setname")

    found = state(store.url.replace("redis://", "redis://nameless:p@"))

    assert (found.workers, found.workers_untold) == (None, "the server keeps no names of its clients")


def test_python_queue_with_a_worker(store: Store) -> None:
    """The Python package's own queue and worker are counted, before the work and after it."""
    began = time.time() - 1

    async def run() -> tuple[Any, Any]:
        queue = Queue("emails", {"connection": store.url})
        for number in range(3):
            await queue.add("send", {"number": number}, {})
        await queue.add("later", {}, {"delay": 60_000})
        before = await read_queue(asking(store.url, since=began))
        ended = asyncio.Event()
        worker = Worker("emails", _process, {"connection": store.url})
        worker.on("completed", lambda one, _result: ended.set() if one.data["number"] == 2 else None)
        await asyncio.wait_for(ended.wait(), 20)
        after = await read_queue(asking(store.url, since=began))
        await worker.close(force=True)
        await queue.close()
        return before, after

    before, after = asyncio.run(run())
    assert (before.exists, before.waiting, before.delayed, before.workers) == (True, 3, 1, 0)
    assert (after.waiting, after.workers, after.completed_since, after.at_work) == (0, 1, 3, True)


async def _process(one: Any, _token: str) -> str:
    return str(one.id)
