"""Tests of redirects: followed only when asked, never for ever, and never with an identity to strangers."""

import asyncio

import pytest

from smoke.http import Exchange, FailureKind, Request
from smoke.http.guard import AllowedWrite
from tests.http.servers import HELLO, Answer, Connection, client, get, headers_of, in_loop, response, saying, serving


def leading(where: dict[str, str], status: str = "302 Found") -> Answer:
    """Answer redirects by this map of paths, and a greeting elsewhere."""

    async def answer(connection: Connection) -> None:
        location = where.get(connection.target)
        await connection.send(response(b"moved", status, location=location) if location else HELLO)

    return answer


def paths(heads: list[bytes]) -> list[str]:
    """Return method and path of each request."""
    return [" ".join(head.decode().split(" ", 2)[:2]) for head in heads]


async def follow(where: dict[str, str], **settings: object) -> tuple[Exchange, list[str]]:
    """Ask for /a, following."""
    async with serving(leading(where)) as server, client(**settings) as http:
        exchange = await http.send(get(f"{server.url}/a", follow_redirects=True))
    return exchange, paths(server.heads)


@in_loop
async def test_not_unless_asked() -> None:
    """A redirect is an answer like any other unless following is asked for."""
    async with serving(leading({"/a": "/b"})) as server, client() as http:
        exchange = await http.send(get(f"{server.url}/a"))
        assert (exchange.status, exchange.body, exchange.redirects) == (302, b"moved", ())
        assert exchange.headers["location"] == "/b"
        assert exchange.final_url == f"{server.url}/a"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@in_loop
async def test_followed(status: str) -> None:
    """All kinds of redirects are followed, and the way is told."""
    async with serving(leading({})) as server, client() as http:
        where = {"/a": "b?x=1", "/b?x=1": f"//127.0.0.1:{server.port}/c"}
        async with serving(leading(where, status)) as other:
            exchange = await http.send(get(f"{other.url}/a", follow_redirects=True))
    assert (exchange.status, exchange.text()) == (200, "hello")
    assert exchange.redirects == (f"{other.url}/b?x=1", f"{server.url}/c")
    assert exchange.final_url == f"{server.url}/c"
    assert exchange.request.url == f"{other.url}/a"


@pytest.mark.parametrize("location", ["//localhost:1/c", "http://[", "https://127.0.0.1/c"])
@in_loop
async def test_within_the_origin(location: str) -> None:
    """A way that may not leave the origin ends where it would, with the redirect as the answer, body and all."""
    async with serving(leading({"/a": "/b", "/b": location})) as server, client() as http:
        exchange = await http.send(get(f"{server.url}/a", follow_redirects=True, within_origin=True))
    assert (exchange.status, exchange.body) == (302, b"moved")
    assert exchange.headers["location"] == location
    assert exchange.redirects == (f"{server.url}/b",)


@in_loop
async def test_circle() -> None:
    """A circle is told at once."""
    exchange, asked = await follow({"/a": "/b", "/b": "/a"})
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.REDIRECTS
    assert "in a circle" in exchange.failure.message
    assert len(asked) == 2


@pytest.mark.parametrize("limit", [0, 1, 5])
@in_loop
async def test_endless(limit: int) -> None:
    """Redirects without end stop at the limit, which the message names."""
    exchange, asked = await follow({"/a" + "a" * n: "/a" + "a" * (n + 1) for n in range(50)}, redirects=limit)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.REDIRECTS
    assert f"more than {limit} times" in exchange.failure.message
    assert len(asked) == limit + 1
    assert exchange.status == 302


@pytest.mark.parametrize(
    "location", ["javascript:alert(1)", "file:///etc/passwd", "http://[::1", "http://h:x/", "mailto:a@b"]
)
@in_loop
async def test_nowhere(location: str) -> None:
    """A location that is no HTTP address is a failure, not an exception."""
    exchange, asked = await follow({"/a": location})
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.REDIRECTS
    assert location in exchange.failure.message
    assert len(asked) == 1


@in_loop
async def test_no_location() -> None:
    """A redirect without a location is an answer."""
    async with serving(saying(response(b"", "302 Found"))) as server, client() as http:
        exchange = await http.send(get(server.url, follow_redirects=True))
    assert (exchange.status, exchange.failure) == (302, None)


@in_loop
async def test_identity_stays_home() -> None:
    """What proves an identity does not follow to another origin, nor come back from there."""
    secret = {"Authorization": "Bearer x", "cookie": "session=x", "X-API-Key": "x", "Accept-Language": "ja"}
    async with (
        serving(leading({})) as home,
        serving(leading({"/b": f"{home.url}/c"})) as stranger,
        serving(leading({"/": "/a", "/a": f"{stranger.url}/b"})) as start,
        client() as http,
    ):
        await http.send(get(f"{start.url}/", headers=secret, follow_redirects=True))
    for head in start.heads:
        assert {"authorization", "cookie", "x-api-key"} <= headers_of(head).keys()
    for head in (*stranger.heads, *home.heads):
        assert b"Bearer" not in head
        assert b"session" not in head
        assert b"api-key" not in head.lower()
        assert b"accept-language: ja" in head.lower()
    assert len(stranger.heads) == len(home.heads) == 1


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary", "308 Permanent"])
@in_loop
async def test_post_is_not_repeated(status: str) -> None:
    """A write is never sent again because the target says so."""
    async with serving(leading({"/a": "/b"}, status)) as server:
        async with client(writes=(AllowedWrite("w", frozenset({"POST"}), f"{server.url}/*"),)) as http:
            request = Request("POST", f"{server.url}/a", json={}, write="w", follow_redirects=True)
            exchange = await http.send(request)
        assert exchange.status == int(status[:3])
        assert paths(server.heads) == ["POST /a"]


@in_loop
async def test_one_limit_for_the_whole_way() -> None:
    """Slow redirects share one limit."""

    async def answer(connection: Connection) -> None:
        await asyncio.sleep(0.8)
        await connection.send(response(b"", "302 Found", location=f"{connection.target}x"))

    async with serving(answer) as server, client(timeout_s=3, redirects=50) as http:
        exchange = await http.send(get(f"{server.url}/", follow_redirects=True))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TIMEOUT
    assert "within 3 s" in exchange.failure.message
    assert 2 <= len(server.heads) <= 4
