"""A Celery queue is read from its broker, as Celery writes it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import Celery  # type: ignore[import-untyped]  # it ships no types

from smoke.dependencies.celery import _workers
from smoke.dependencies.queue_state import QueueState
from tests.dependencies.postgres_server import _die_with_parent
from tests.dependencies.test_queue_server import state
from tests.dependencies.valkey_server import Store

ROOT = Path(__file__).parent.parent.parent


def read(store: Store, **keys: Any) -> QueueState:
    """Read the queue `emails`."""
    return state(store.url, kind="celery", **keys)


def producer(store: Store, **options: Any) -> Any:
    """Return an application that sends tasks to the queue."""
    app = Celery("producer", broker=store.url)
    app.conf.task_default_queue = "emails"
    app.conf.broker_transport_options = options
    return app


def test_depth_of_all_priorities(store: Store) -> None:
    """Tasks of every priority wait, each in the list of its step."""
    app = producer(store, priority_steps=[0, 3, 6, 9])
    for priority in (0, 3, 9):
        app.send_task("hold", (1,), priority=priority)
    app.close()

    found = read(store)

    assert (found.exists, found.waiting, found.active, found.workers) == (True, 3, 0, 0)
    assert (found.oldest_s, found.failed_since, found.stalled) == (None, None, None)


def test_prefix_of_all_keys(store: Store) -> None:
    """A broker whose keys have a prefix is read with it."""
    app = producer(store, global_keyprefix="shop:")
    app.send_task("hold", (1,))
    app.close()

    assert read(store, prefix="shop:").waiting == 1
    assert not read(store).exists


def test_a_worker(store: Store) -> None:
    """A worker is counted while it waits, and while it holds what it works on."""
    app = producer(store)
    with working(store):
        idle = _until(lambda: read(store), lambda one: bool(one.workers))
        app.send_task("hold", (60,))
        app.send_task("hold", (60,))
        app.send_task("hold", (60,))
        busy = _until(lambda: read(store), lambda one: bool(one.held))
    app.close()

    assert (idle.waiting, idle.workers) == (0, 1)
    assert (busy.workers, busy.at_work) == (1, True)
    assert busy.waiting + (busy.held or 0) == 3


def test_workers_of_another_database() -> None:
    """Of all clients those count that use the broker's own database."""
    lines = [
        "db=0 psub=0 cmd=brpop",
        "db=0 psub=1 cmd=psubscribe",
        "db=1 psub=0 cmd=brpop",
        "db=0 psub=0 cmd=client|list",
    ]

    assert _workers("\n".join(lines)) == 1
    assert _workers("") == 0


@contextmanager
def working(store: Store) -> Iterator[None]:
    """Run a real worker."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "tests.dependencies.celery_app", "worker"),
            *("--pool", "solo", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"),
        ],
        cwd=ROOT,
        env={**os.environ, "CELERY_BROKER": store.url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - it calls one system call and takes no lock
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)


def _until(look: Callable[[], QueueState], done: Callable[[QueueState], bool]) -> QueueState:
    """Look until what is seen is *done*, for a minute at most."""
    deadline = time.monotonic() + 60
    while not done(seen := look()):
        assert time.monotonic() < deadline, seen
    return seen
