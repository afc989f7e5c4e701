"""Queues that Node's BullMQ 5, BullMQ 6 and Bull 4 have really written are read as they are."""

import time
from collections.abc import Callable

import pytest

from smoke.dependencies.queue_state import QueueState
from tests.dependencies.node_queue import node
from tests.dependencies.test_queue_server import state
from tests.dependencies.valkey_server import Store

LIBRARIES = ["bullmq5", "bullmq6", "bull4"]


def read(store: Store, library: str, since: float | None = None) -> QueueState:
    """Read the queue by its kind."""
    return state(store.url, kind="bull" if library == "bull4" else "bullmq", since=since)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_producer(store: Store, library: str) -> None:
    """What a producer adds waits, in each of its lists; a paused queue is paused, and nothing of it is lost."""
    with node(library, store.port) as producer:
        for options in ({}, {}, {"priority": 3}, {"delay": 600_000}):
            producer.tell("add", "send", options)
        told = read(store, library)
        producer.tell("pause")
        paused = read(store, library)
        producer.tell("resume")
        resumed = read(store, library)

    assert (told.exists, told.waiting, told.delayed, told.overdue, told.workers) == (True, 3, 1, 0, 0)
    assert [one.paused for one in (told, paused, resumed)] == [False, True, False]
    assert (paused.waiting, resumed.waiting) == (3, 3)
    assert told.oldest_s is not None
    assert told.oldest_s < 60
    assert library == "bull4" or told.version.startswith(f"bullmq:{library[-1]}.")


@pytest.mark.parametrize(("library", "name"), [*((one, None) for one in LIBRARIES), ("bullmq6", "mailer-1")])
def test_a_worker(store: Store, library: str, name: str | None) -> None:
    """A worker is counted under the name that Node gives it, and what it failed is counted and named, not quoted."""
    began = time.time() - 1
    with node(library, store.port) as worker:
        worker.tell("work", name)
        for job in ("send", "bad", "send"):
            worker.tell("add", job)
        worker.tell("ended", 3)
        found = read(store, library, began)

    assert (found.waiting, found.workers, found.completed_since, found.failed_since) == (0, 1, 2, 1)
    assert (found.failed_jobs, found.stalled) == (("bad",), 0)
    assert "hunter2" not in str(found)


@pytest.mark.parametrize("library", ["bullmq5", "bullmq6"])
def test_failed_jobs_that_are_removed_at_once(store: Store, library: str) -> None:
    """With `removeOnFail` no failed job is left, but the events tell; a job that is tried again has not failed yet."""
    began = time.time() - 1
    with node(library, store.port) as worker:
        worker.tell("work", None)
        worker.tell("add", "bad", {"removeOnFail": True, "attempts": 2})
        worker.tell("add", "send")
        worker.tell("ended", 3)
        found = read(store, library, began)

    assert (found.failed, found.failed_since, found.completed_since) == (0, 1, 1)
    assert read(store, library, time.time() + 60).failed_since == 0


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_worker_that_dies(store: Store, library: str) -> None:
    """A job is stalled once its worker has died and its lock has run out, and not before."""
    with node(library, store.port) as worker:
        worker.tell("work", None)
        worker.tell("add", "hang")
        held = _until(lambda: read(store, library), lambda one: bool(one.held))
        worker.kill()
        lost = _until(lambda: read(store, library), lambda one: not one.held)

    assert (held.active, held.held, held.stalled, held.at_work) == (1, 1, 0, True)
    assert (lost.active, lost.held, lost.stalled, lost.workers) == (1, 0, 1, 0)


def _until(look: Callable[[], QueueState], done: Callable[[QueueState], bool]) -> QueueState:
    """Look until what is seen is *done*, for half a minute at most."""
    deadline = time.monotonic() + 30
    while not done(seen := look()):
        assert time.monotonic() < deadline, seen
    return seen
