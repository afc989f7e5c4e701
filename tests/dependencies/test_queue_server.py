"""A queue is read at its own server, read only, whatever stands there."""

import asyncio
import re
import socket
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from smoke.dependencies.postgres import NotRead
from smoke.dependencies.queue_server import Asking, read_queue
from smoke.dependencies.queue_state import QueueState
from smoke.dependencies.redis_server import Reader, not_read, reading
from smoke.environment.queues import QueueDirect
from smoke.errors import WriteRefused
from smoke.verdict.words import Cause
from tests.checks.fake_world import NOW, Clock, FakeHttp
from tests.dependencies.valkey_server import Store, tls_door

DOCUMENTATION = Path(__file__).parent.parent.parent / "docs" / "dependencies.md"


def asking(url: str, kind: str = "bullmq", since: float | None = None, **keys: Any) -> Asking:
    """Return how to ask the queue `emails`; no time goes by while pausing."""
    direct = QueueDirect.model_validate({"kind": kind, "url": {"env": "REDIS_URL"}, **keys})
    clock = Clock()
    return Asking(direct, url, "emails", since, 5.0, FakeHttp({}), clock.now, clock.pause)


def read(url: str, **keys: Any) -> QueueState | NotRead:
    """Ask a server."""
    return asyncio.run(read_queue(asking(url, **keys)))


def state(url: str, **keys: Any) -> QueueState:
    """Ask a server that can be read."""
    found = read(url, **keys)
    assert isinstance(found, QueueState), found
    return found


def unread(url: str, **keys: Any) -> NotRead:
    """Ask a server that cannot be read."""
    found = read(url, **keys)
    assert isinstance(found, NotRead), found
    return found


def test_an_empty_server_holds_no_queue(store: Store) -> None:
    """Where no key of the queue is, that is said."""
    found = state(store.url)

    assert (found.exists, found.waiting, found.workers) == (False, 0, 0)


def test_over_tls(store: Store) -> None:
    """`rediss://` is spoken, and the CA of the address counts."""
    store.client().hset("bull:emails:meta", "version", "bullmq:5.1.0")

    async def ask() -> QueueState | NotRead:
        async with tls_door(store) as url:
            return await read_queue(asking(url))

    found = asyncio.run(ask())
    assert isinstance(found, QueueState)
    assert (found.exists, found.version) == (True, "bullmq:5.1.0")


def test_a_certificate_that_is_not_trusted(store: Store) -> None:
    """A certificate of an unknown CA is refused, and the remedy named."""

    async def ask() -> QueueState | NotRead:
        async with tls_door(store) as url:
            return await read_queue(asking(url.partition("?")[0]))

    found = asyncio.run(ask())
    assert isinstance(found, NotRead)
    assert (found.cause, "certificate" in found.message) == (Cause.SUITE, True)


def test_tls_where_none_is_spoken(store: Store) -> None:
    """TLS to a port that speaks none is an error of the address."""
    found = unread(store.url.replace("redis:", "rediss:"))

    assert "TLS" in found.message


def test_parameters_of_other_clients_are_dropped(store: Store) -> None:
    """`family=0`, as ioredis takes it, does no harm."""
    assert not state(f"{store.url}?family=0&db=0").exists


def test_nobody_listens() -> None:
    """A refused connection says nothing about the queue: this machine may simply be elsewhere."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    found = unread(f"redis://:hunter2@127.0.0.1:{port}")

    assert (found.cause, "refused" in found.message, "hunter2" in found.message) == (Cause.RUNNER, True, False)


@pytest.mark.parametrize("url", ["https://queue.test", "queue-test", "redis://x:notaport"])
def test_no_address(url: str) -> None:
    """What is no address of a Redis server is an error of who wrote it, and is not repeated."""
    found = unread(url)

    assert (found.cause, url in found.message) == (Cause.CREDENTIALS, False)


def served(answer: bytes | None) -> NotRead:
    """Ask a server that answers everything with *answer*, or never."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
        writer.close()

    async def run() -> QueueState | NotRead:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await read_queue(
                replace(asking(f"redis://127.0.0.1:{port}"), timeout_s=5.0 if answer is not None else 0.5)
            )

    found = asyncio.run(run())
    assert isinstance(found, NotRead)
    return found


@pytest.mark.parametrize(
    ("answer", "cause", "said"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Cause.SUITE, "no Redis server"),
        (b"<html>\r\n", Cause.SUITE, "no Redis server"),
        (b"", Cause.RUNNER, "TLS"),
        (None, Cause.RUNNER, "within 0.5 s"),
        (b"-LOADING Redis is loading the dataset in memory\r\n" * 20, Cause.DEPENDENCY, "serves nobody"),
        (b"-ERR max number of clients reached\r\n" * 20, Cause.DEPENDENCY, "serves nobody"),
        (b"-NOAUTH Authentication required.\r\n" * 20, Cause.CREDENTIALS, "credential"),
        (b"-NOPERM this user has no permissions\r\n" * 20, Cause.CREDENTIALS, "@read"),
        (b"-MOVED 3999 127.0.0.1:6381\r\n" * 20, Cause.SUITE, "Cluster"),
        (b"-ERR max daily request limit exceeded\r\n" * 20, Cause.SUITE, "max daily request limit"),
    ],
)
def test_hostile_servers(answer: bytes | None, cause: Cause, said: str) -> None:
    """Whatever answers there, the reason and who can help are told."""
    found = served(answer)

    assert found.cause is cause
    assert said in found.message


def test_wrong_password(store: Store) -> None:
    """A refused login is our credential's."""
    found = unread(store.url.replace("redis://", "redis://nobody:hunter2@"))

    assert (found.cause, "hunter2" in found.message) == (Cause.CREDENTIALS, False)


def test_keys_of_another_kind(store: Store) -> None:
    """Keys that are no lists or sets are something else than such a queue."""
    store.client().set("bull:emails:wait", "text")

    found = unread(store.url)

    assert (found.cause, "kind, prefix and queue" in found.message) == (Cause.SUITE, True)


def test_a_reader_is_enough(store: Store) -> None:
    """A user that may only read is enough, so nothing is changed; without CLIENT LIST workers are not known."""
    client = store.client()
    client.lpush("bull:emails:wait", "1")
    client.execute_command("ACL", "SETUSER", "reader", "on", ">pass", "~bull:*", "-@all", "+@read", "+time")

    found = state(store.url.replace("redis://", "redis://reader:pass@"))

    assert (found.waiting, found.workers) == (1, None)
    assert "does not list its clients" in found.workers_untold


def test_the_documented_user_is_enough(store: Store) -> None:
    """The rights that the documentation names let everything be read, workers included."""
    client = store.client()
    rights = re.findall(r"~bull:\* [^`]*", DOCUMENTATION.read_text("utf-8"))[0].split()
    client.execute_command("ACL", "SETUSER", "documented", "on", ">pass", *rights)

    found = state(store.url.replace("redis://", "redis://documented:pass@"))

    assert (found.workers, found.workers_untold, found.remark) == (0, "", "")


def in_reader(store: Store, act: Any) -> Any:
    """Do *act* with a reader."""

    async def run() -> Any:
        async with reading(store.url, 5.0) as reader:
            return await act(reader)

    return asyncio.run(run())


COMMANDS = [
    ("DEL", "a"),
    ("KEYS", "*"),
    ("CLIENT", "KILL", "x"),
    ("CLIENT", "SETNAME", "x"),
    ("INFO", "keyspace"),
    ("EVAL", "x", 0),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_but_reads_is_sent(store: Store, command: tuple[Any, ...]) -> None:
    """A command that may change something, or looks through everything, is never sent."""

    def act(reader: Reader) -> Coroutine[Any, Any, Any]:
        return reader.ask(command)

    with pytest.raises(WriteRefused):
        in_reader(store, act)


def test_unknown_errors_are_quoted_shortly() -> None:
    """An error that nobody knows is quoted, cut short; one of the driver about the connection is not."""
    assert "strange" in not_read(ResponseError("strange " * 100)).message
    assert len(not_read(ResponseError("strange " * 100)).message) < 200
    assert "secret" not in not_read(RedisConnectionError("secret")).message
    assert NOW > 0
