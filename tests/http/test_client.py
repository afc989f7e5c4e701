"""Tests of sending: what goes out, over which connections, and what comes back."""

import asyncio
import time

import pytest

from smoke.errors import WriteRefused
from smoke.http import Exchange, FailureKind, Request
from smoke.http.guard import AllowedWrite
from tests.http.servers import HELLO, Connection, client, get, headers_of, in_loop, response, saying, serving, silent


@in_loop
async def test_answer() -> None:
    """An answer comes back whole, with its headers in order and by lower-case name."""
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Type: text/HTML; charset=x\r\n"
    raw = head + b"Content-Length: 2\r\n\r\nhi"
    async with serving(saying(raw)) as server, client() as http:
        before = time.time()
        exchange = await http.send(get(f"{server.url}/a?b=c#d"))
        assert (exchange.status, exchange.body, exchange.failure) == (200, b"hi", None)
        assert [value for name, value in exchange.header_list if name == "set-cookie"] == ["a=1", "b=2"]
        assert exchange.content_type == "text/html"
        assert exchange.local
        assert before <= exchange.at <= time.time()
        assert 0 < exchange.duration_s < 3
        assert server.heads[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")


@in_loop
async def test_marks() -> None:
    """Every request names the product and the run, and a check cannot take these marks away."""
    async with serving(saying(HELLO)) as server, client() as http:
        await http.send(
            get(server.url, headers={"User-Agent": "somebody", "x-smokegate-run": "other", "Accept": "a/b"})
        )
        head = headers_of(server.heads[0])
        assert head["user-agent"].startswith("Smokegate/")
        assert "post-deploy verification" in head["user-agent"]
        assert head["x-smokegate-run"] == "run-1"
        assert head["accept"] == "a/b"
        assert head["accept-encoding"] == "gzip"
        assert "cache-control" not in head


@pytest.mark.parametrize(
    ("content", "sent"),
    [({"json": {"a": [1]}}, b'{"a":[1]}'), ({"form": {"a": "b c"}}, b"a=b+c"), ({"json": []}, b"[]")],
)
@in_loop
async def test_bodies(content: dict[str, object], sent: bytes) -> None:
    """JSON and forms are sent as such."""
    bodies: list[bytes] = []

    async def answer(connection: Connection) -> None:
        bodies.append(await connection.body())
        await connection.send(HELLO)

    async with serving(answer) as server:
        async with client(writes=(AllowedWrite("w", frozenset({"POST"}), f"{server.url}/w"),)) as http:
            exchange = await http.send(Request("POST", f"{server.url}/w", write="w", **content))  # type: ignore[arg-type]
        assert exchange.status == 200
        assert bodies == [sent]


@in_loop
async def test_write_refused() -> None:
    """A write that is not allowed raises before anything is sent, from `sample` as from `send`."""
    async with serving(saying(HELLO)) as server, client() as http:
        with pytest.raises(WriteRefused, match="names no write"):
            await http.send(Request("POST", server.url))
        with pytest.raises(WriteRefused, match="is not allowed as 'x'"):
            await http.sample(Request("DELETE", server.url, write="x"), 3)
        assert server.accepted == 0


@in_loop
async def test_samples_are_fresh() -> None:
    """Samples are made at once, each on a connection of its own, and come back in order."""

    async def answer(connection: Connection) -> None:
        await server.asked(30)
        await connection.send(HELLO)

    async with serving(answer, keep=True) as server, client() as http:
        exchanges = await http.sample(get(server.url, fresh=False), 30)
        assert [exchange.text() for exchange in exchanges] == ["hello"] * 30
        assert server.accepted == server.most_open == 30


@in_loop
async def test_fresh_connection_each_time() -> None:
    """A fresh request never uses a connection again, even where the server would keep it."""
    async with serving(saying(HELLO), keep=True) as server, client() as http:
        for _ in range(3):
            await http.send(get(server.url))
        assert server.accepted == 3


@in_loop
async def test_kept_connection() -> None:
    """A request that need not be fresh uses an idle connection again; closing the client closes it."""
    async with serving(saying(HELLO), keep=True) as server:
        async with client() as http:
            for _ in range(3):
                assert (await http.send(get(server.url, fresh=False))).status == 200
            assert (server.accepted, server.open) == (1, 1)
        await server.quiet.wait()


@in_loop
async def test_kept_connection_lost() -> None:
    """A kept connection that the server closed meanwhile is replaced, not reported."""
    async with serving(saying(HELLO)) as server, client() as http:
        for _ in range(3):
            assert (await http.send(get(server.url, fresh=False))).status == 200
            await server.quiet.wait()
        assert server.accepted == 3


@in_loop
async def test_kept_connection_reset_on_use() -> None:
    """A kept connection that breaks under the next request says nothing about the target: a new one is asked."""

    async def answer(connection: Connection) -> None:
        if len(server.heads) == 2:
            connection.reset()
        else:
            await connection.send(HELLO)

    async with serving(answer, keep=True) as server, client() as http:
        statuses = [(await http.send(get(server.url, fresh=False))).status for _ in range(2)]
        assert statuses == [200, 200]
        assert server.accepted == 2


@in_loop
async def test_cookies_do_not_leak() -> None:
    """A cookie that one check got is not sent for the next."""
    async with serving(saying(response(set_cookie="session=1"))) as server, client() as http:
        await http.send(get(server.url, fresh=False))
        await http.send(get(server.url, fresh=False))
        assert all(b"cookie" not in head.lower() for head in server.heads)


@in_loop
async def test_head_and_no_content() -> None:
    """Answers without a body are complete, whatever they say about its length or encoding."""
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Encoding: gzip\r\n\r\n"
    async with serving(saying(raw)) as server, client() as http:
        exchange = await http.send(Request("HEAD", server.url))
        assert (exchange.status, exchange.body, exchange.failure) == (200, b"", None)
    async with (
        serving(saying(b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n")) as server,
        client() as http,
    ):
        assert (await http.send(get(server.url))).failure is None


@in_loop
async def test_recorder() -> None:
    """Every exchange reaches the recorder, failed ones too."""
    seen: list[Exchange] = []
    async with serving(saying(HELLO)) as server, client(recorder=seen.append) as http:
        one = await http.send(get(server.url))
        other = await http.send(get("http://name.invalid/"))
        assert seen == [one, other]


@in_loop
async def test_cancellation_closes() -> None:
    """A cancelled request leaves no connection behind."""
    async with serving(silent) as server, client(timeout_s=30) as http:
        task = asyncio.create_task(http.sample(get(server.url), 5))
        await server.asked(5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.quiet.wait()


@in_loop
async def test_own_time_limit() -> None:
    """A request may have a limit of its own, and its message names it."""
    async with serving(silent) as server, client(timeout_s=30) as http:
        exchange = await http.send(get(server.url, timeout_s=0.8))
        assert exchange.failure is not None
        assert exchange.failure.kind is FailureKind.TIMEOUT
        assert exchange.failure.message == "no complete answer within 0.8 s: stuck waiting for the answer"
        assert 0.79 < exchange.duration_s < 10


@in_loop
async def test_waiting_for_a_turn_is_not_measured() -> None:
    """The time that a request waits for its turn counts neither as its duration nor against its limit."""

    async def answer(connection: Connection) -> None:
        await asyncio.sleep(0.1)
        await connection.send(HELLO)

    async with serving(answer) as server, client(concurrency=1, timeout_s=0.4) as http:
        began = time.perf_counter()
        exchanges = await http.sample(get(server.url), 6)
        took_s = time.perf_counter() - began
        assert [exchange.status for exchange in exchanges] == [200] * 6
        # They came one after the other. Had their waiting been measured too, they would add up to more.
        assert sum(exchange.duration_s for exchange in exchanges) <= took_s
