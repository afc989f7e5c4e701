"""Tests of bodies: decoded as they come, never beyond the limit."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from smoke.http import FailureKind
from smoke.http.body import Body, Undecodable
from tests.http.servers import Connection, client, get, in_loop, response, saying, serving

TEXT = b"The quick brown fox. " * 500


def collect(coding: str, data: bytes, step: int, limit: int = 1_000_000) -> Body:
    """Feed *data* in pieces of *step* bytes, as far as wanted."""
    body = Body(coding, limit)
    for start in range(0, len(data), step):
        if not body.feed(data[start : start + step]):
            return body
    body.finish()
    return body


def bomb(members: int) -> Iterator[bytes]:
    """Yield a gzip body that expands a thousandfold, without end in practice."""
    member = gzip.compress(b"\0" * 10_000_000)
    for _ in range(members):
        yield member


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        (" X-GZip ", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0\0\0 trailing"),
    ],
    ids=["none", "identity", "gzip", "x-gzip", "deflate", "two members", "trailing bytes"],
)
def test_decoded(coding: str, data: bytes, step: int) -> None:
    """A body is decoded wherever its chunks are cut."""
    body = collect(coding, data, step)
    assert body.content == TEXT
    assert not body.truncated


@pytest.mark.parametrize("limit", [0, 1, 99, 100, 101])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_limit(coding: str, limit: int) -> None:
    """A body is cut only if it is longer than the limit, counted in decoded bytes."""
    data = b"x" * 100
    body = collect(coding, gzip.compress(data) if coding else data, 10, limit)
    assert len(body.content) == min(limit, 100)
    assert body.truncated == (limit < 100)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "nonsense"])
def test_coding_not_asked_for(coding: str) -> None:
    """A coding that was not asked for is said to be so."""
    with pytest.raises(Undecodable, match="was not asked for"):
        Body(coding, 100)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>not compressed</html>", "damaged"),
        (gzip.compress(TEXT)[:10] + b"\xff" * 40, "damaged"),
        (gzip.compress(TEXT)[:-8] + b"\0" * 8, "damaged"),
        (gzip.compress(TEXT)[:-9], "ended too early"),
        (b"\x1f", "ended too early"),
    ],
    ids=["plain", "garbled", "wrong checksum", "cut", "one byte"],
)
def test_undecodable(data: bytes, words: str) -> None:
    """A body that is not what its coding says cannot be decoded, and the reason is told."""
    with pytest.raises(Undecodable, match=words):
        collect("gzip", data, 16)


def test_bomb_stays_small() -> None:
    """A gzip bomb costs no more memory than the limit and one chunk."""
    bombs = b"".join(bomb(3))
    tracemalloc.start()
    body = collect("gzip", bombs, 65536, 1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert body.truncated
    assert len(body.content) == 1_000_000
    assert peak < 5_000_000


def test_empty_members_end() -> None:
    """Endless empty gzip members neither grow nor loop for ever."""
    assert collect("gzip", gzip.compress(b"") * 10_000, 65536).content == b""


@in_loop
async def test_bomb_over_the_wire() -> None:
    """A gzip bomb is cut at the limit and its connection closed."""

    async def answer(connection: Connection) -> None:
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
        for piece in bomb(10_000):
            await connection.send(piece)

    async with serving(answer) as server, client(body_bytes=500_000) as http:
        exchange = await http.send(get(server.url))
        await server.quiet.wait()
    assert (exchange.failure, exchange.truncated, len(exchange.body)) == (None, True, 500_000)


@pytest.mark.parametrize("coding", ["gzip", "br"])
@in_loop
async def test_corrupt_over_the_wire(coding: str) -> None:
    """A body that cannot be decoded is a failure that keeps status and headers."""
    async with serving(saying(response(b"plain text", content_encoding=coding))) as server, client() as http:
        exchange = await http.send(get(server.url))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.ENCODING
    assert (exchange.status, exchange.headers["content-encoding"]) == (200, coding)


@in_loop
async def test_gzip_over_the_wire() -> None:
    """A gzip answer arrives decoded."""
    async with serving(saying(response(gzip.compress(TEXT), content_encoding="gzip"))) as server, client() as http:
        assert (await http.send(get(server.url))).body == TEXT
