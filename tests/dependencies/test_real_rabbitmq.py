"""RabbitMQ itself is asked through its management API: what it tells of a queue as it fills and is worked off."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import amqp  # type: ignore[import-untyped]
import httpx
import pytest

from smoke.dependencies.postgres import NotRead
from smoke.dependencies.queue_state import QueueState
from smoke.dependencies.rabbitmq import read
from smoke.verdict.words import Cause
from tests.dependencies import real_servers
from tests.dependencies.real_servers import Broker
from tests.http.servers import client

WORKING_S = 30.0


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """Run one server for all tests of this module."""
    with real_servers.rabbitmq() as running:
        yield running


@pytest.fixture
def channel(broker: Broker) -> Iterator[Any]:
    """Return a channel of a client, as a service has one."""
    with amqp.Connection(f"127.0.0.1:{broker.port}", "guest", "guest") as connection:
        yield connection.channel()


def asked(url: str, queue: str, vhost: str = "/") -> QueueState | NotRead:
    """Ask for a queue."""

    async def run() -> QueueState | NotRead:
        async with client() as http:
            return await read(http, url, vhost, queue, 5.0)

    return asyncio.run(run())


def told(broker: Broker, queue: str, wanted: Callable[[QueueState], bool], vhost: str = "/") -> QueueState:
    """Ask until the state is the one that is *wanted*, since counts are collected a moment later."""
    deadline = time.monotonic() + WORKING_S
    found = asked(broker.url, queue, vhost)
    while not (isinstance(found, QueueState) and wanted(found)) and time.monotonic() < deadline:
        time.sleep(real_servers.EVERY_S)
        found = asked(broker.url, queue, vhost)
    assert isinstance(found, QueueState), found
    assert wanted(found), found
    return found


def filled(channel: Any, queue: str, jobs: int, **properties: Any) -> None:
    """Declare a queue with so many jobs in it."""
    channel.queue_declare(queue, durable=True, auto_delete=False)
    for number in range(jobs):
        channel.basic_publish(amqp.Message(f"job {number}", **properties), routing_key=queue)


def test_jobs_wait_and_nobody_works(broker: Broker, channel: Any) -> None:
    """What is ready waits; without consumers nobody works."""
    filled(channel, "emails", 3)

    found = told(broker, "emails", lambda state: state.waiting == 3)

    assert (found.exists, found.held, found.workers, found.trouble, found.oldest_s) == (True, 0, 0, "", None)


def test_a_worker_holds_a_job(broker: Broker, channel: Any) -> None:
    """A consumer counts as a worker, and what it has not acknowledged is held."""
    filled(channel, "exports", 2)
    channel.basic_qos(0, 1, False)
    channel.basic_consume("exports", callback=lambda _message: None)

    found = told(broker, "exports", lambda state: (state.workers, state.held) == (1, 1))

    assert found.waiting == 1


def test_the_age_of_the_oldest_job(broker: Broker, channel: Any) -> None:
    """A publisher that stamps its messages makes ages known, for the queue types that tell the head's."""
    filled(channel, "stamped", 1, timestamp=int(time.time()) - 90)

    found = told(broker, "stamped", lambda state: state.oldest_s is not None)

    assert found.oldest_s == pytest.approx(90, abs=30)


def test_a_queue_that_is_not_there(broker: Broker) -> None:
    """It has no jobs and no workers, and the answer says so."""
    found = asked(broker.url, "nothing")

    assert isinstance(found, QueueState)
    assert (found.exists, found.waiting) == (False, 0)


def test_a_foreign_virtual_host(broker: Broker) -> None:
    """Names are quoted: the virtual host `shop/eu` has its own queue of the same name."""
    for path in ("vhosts/shop%2Feu", "permissions/shop%2Feu/guest", "queues/shop%2Feu/e%20mails"):
        body = {"configure": ".*", "write": ".*", "read": ".*"} if path.startswith("permissions") else {}
        httpx.put(f"{broker.url}/api/{path}", json=body, trust_env=False).raise_for_status()

    assert told(broker, "e mails", lambda state: state.waiting == 0, "shop/eu").exists


def test_a_wrong_password(broker: Broker) -> None:
    """It is said whose credentials are refused, and they are not shown."""
    found = asked(broker.url.replace(":guest@", ":hunter2@"), "emails")

    assert isinstance(found, NotRead)
    assert found.cause is Cause.CREDENTIALS
    assert "hunter2" not in found.message


def test_a_user_without_the_tag(broker: Broker) -> None:
    """A user of the queues who may not ask the management API is told what is missing."""
    httpx.put(f"{broker.url}/api/users/app", json={"password": "x", "tags": ""}, trust_env=False).raise_for_status()

    found = asked(broker.url.replace("guest:guest", "app:x"), "emails")

    assert isinstance(found, NotRead)
    assert (found.cause, "needs the tag 'monitoring'" in found.message) == (Cause.CREDENTIALS, True)
