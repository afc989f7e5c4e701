"""Tests of targets that misbehave: each is a failure in words, within the limits, and never an exception."""

import asyncio
import random
import socket
import time
import tracemalloc

import pytest

from smoke.http import Exchange, FailureKind
from tests.http.servers import (
    HELLO,
    Answer,
    Connection,
    client,
    free_port,
    get,
    in_loop,
    response,
    saying,
    serving,
    silent,
)


async def ask(answer: Answer, **settings: object) -> Exchange:
    """Ask a server that answers so."""
    async with serving(answer) as server, client(**settings) as http:
        return await http.send(get(server.url))


GARBLED = {
    "garbage": b"\x00\x01\x02 garbage\r\n\r\n",
    "a line without an end": b"SSH-2.0-OpenSSH_9.9",
    "HTTP/0.9": b"<html>hello</html>\r\n",
    "HTTP/3 in text": b"HTTP/3 200 OK\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "a status of 99": b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
    "a status of 999": b"HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n",
    "a NUL byte in a header": b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\n\r\n",
    "a header without a colon": b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length in words": b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
    "an unknown transfer encoding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\nhello",
    "a bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    "a switch nobody asked for": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "a status line of 300 kB": b"HTTP/1.1 200 " + b"a" * 300_000 + b"\r\n\r\n",
    "a header of 300 kB": b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 300_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("raw", GARBLED.values(), ids=GARBLED)
@in_loop
async def test_garbled(raw: bytes) -> None:
    """What is not HTTP is said to be so."""
    exchange = await ask(saying(raw))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.PROTOCOL
    assert "127.0.0.1" in exchange.failure.message
    assert exchange.outline() == exchange.failure.message


CUT_SHORT = {
    "nothing": b"",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nhello",
    "no last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
}


@pytest.mark.parametrize("raw", CUT_SHORT.values(), ids=CUT_SHORT)
@in_loop
async def test_cut_short(raw: bytes) -> None:
    """An answer that ends too early is a reset, and what came of it is kept."""
    exchange = await ask(saying(raw))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.RESET
    assert exchange.failure.kind.before_any_answer is False
    if raw:
        assert (exchange.status, exchange.body) == (200, b"hello")
        assert f"after {len(raw)} bytes" in exchange.failure.message
    else:
        assert "without an answer" in exchange.failure.message


@pytest.mark.parametrize("sent", [b"", HELLO[:-2]], ids=["before", "mid-body"])
@in_loop
async def test_reset(sent: bytes) -> None:
    """A connection that is reset says how far the answer had come."""

    async def answer(connection: Connection) -> None:
        await connection.send(sent)
        await asyncio.sleep(0.05)
        connection.reset()

    exchange = await ask(answer)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.RESET
    assert ("in the middle" if sent else "without an answer") in exchange.failure.message
    assert exchange.body == (b"hel" if sent else b"")


@in_loop
async def test_refused() -> None:
    """A port on which nothing listens refuses, and it is known that the connection stayed on this machine."""
    port = free_port()
    async with client() as http:
        exchange = await http.send(get(f"http://127.0.0.1:{port}/"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.REFUSED
    assert exchange.failure.message == f"127.0.0.1:{port} refused the connection"
    assert exchange.failure.kind.before_any_answer
    assert exchange.local


@in_loop
async def test_unknown_name() -> None:
    """A name that does not resolve is a failure of the name, told with the name."""
    async with client() as http:
        exchange = await http.send(get("https://nowhere.invalid/"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.NAME
    assert "the name nowhere.invalid does not resolve" in exchange.failure.message
    assert not exchange.local


@in_loop
async def test_never_accepted() -> None:
    """A connection that is never accepted ends at the limit for connecting."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(0)
        address = sock.getsockname()
        fillers = []
        for _ in range(3):  # a full backlog: the kernel drops what comes next
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(address)
            fillers.append(filler)
        async with client(connect_timeout_s=0.2) as http:
            exchange = await http.send(get(f"http://127.0.0.1:{address[1]}/"))
        for filler in fillers:
            filler.close()
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.CONNECT_TIMEOUT
    assert exchange.failure.message.endswith("within 0.2 s")


@in_loop
async def test_never_answers() -> None:
    """A target that accepts and keeps silent ends at the limit, which the message names."""
    exchange = await ask(silent, timeout_s=0.8)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TIMEOUT
    assert "within 0.8 s: stuck waiting for the answer" in exchange.failure.message


@in_loop
async def test_drip() -> None:
    """Bytes that drip do not extend the limit of the whole exchange."""

    async def answer(connection: Connection) -> None:
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            await connection.send(b"x")
            await asyncio.sleep(0.1)

    began = time.perf_counter()
    exchange = await ask(answer, timeout_s=0.5)
    assert time.perf_counter() - began < 2
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TIMEOUT
    assert "within 0.5 s: stuck reading the answer after 4" in exchange.failure.message
    assert exchange.status == 200
    assert exchange.body.startswith(b"xxx")


@in_loop
async def test_interim_flood() -> None:
    """A flood of interim answers ends at the limit."""

    async def answer(connection: Connection) -> None:
        while True:
            await connection.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    exchange = await ask(answer, timeout_s=0.3)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TIMEOUT


@in_loop
async def test_header_flood() -> None:
    """Headers without end stop at a bounded size."""

    async def answer(connection: Connection) -> None:
        await connection.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await connection.send(b"X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 100)

    exchange = await ask(answer)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.PROTOCOL


@in_loop
async def test_endless_body() -> None:
    """A body without end is cut at the limit, in bounded memory, and its connection is closed."""

    async def answer(connection: Connection) -> None:
        await connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await connection.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    async with serving(answer) as server, client(body_bytes=100_000) as http:
        exchange = await http.send(get(server.url, fresh=False))
        await server.quiet.wait()
    assert exchange.truncated
    assert exchange.failure is None
    assert exchange.body == b"x" * 100_000
    with pytest.raises(ValueError, match="longer than the limit"):
        exchange.json()


@in_loop
async def test_declared_ten_gigabytes() -> None:
    """A declared length of ten gigabytes reserves nothing."""

    async def answer(connection: Connection) -> None:
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        for _ in range(64):
            await connection.send(b"x" * 0x10000)
        await connection.reader.read()

    tracemalloc.start()
    exchange = await ask(answer, body_bytes=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert exchange.truncated
    assert len(exchange.body) == 1_000_000
    assert peak < 12_000_000


@in_loop
async def test_length_at_the_limit() -> None:
    """A body that is exactly as long as the limit is whole."""
    exchange = await ask(saying(response(b"x" * 100)), body_bytes=100)
    assert (len(exchange.body), exchange.truncated) == (100, False)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/",
        "//host/",
        "http://",
        "javascript:1",
        "http://a\x00b/",
        "https://.example.invalid/",
        "https://../",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://\udcff/",
    ],
)
@in_loop
async def test_no_address(url: str) -> None:
    """What is no HTTP address, such as a link in a page may be, is a failure too."""
    async with client() as http:
        exchange = await http.send(get(url))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.PROTOCOL


@pytest.mark.parametrize(
    "host", ["a" * 70 + ".invalid", "a..invalid", "a b.invalid", "ü" * 40 + ".invalid", "-.invalid"]
)
@in_loop
async def test_impossible_name(host: str) -> None:
    """A name that cannot exist does not resolve, or is no address."""
    async with client() as http:
        exchange = await http.send(get(f"http://{host}/"))
    assert exchange.failure is not None
    assert exchange.failure.kind in {FailureKind.NAME, FailureKind.PROTOCOL}


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\x00b", "ü€"])
@in_loop
async def test_unsendable_header(value: str) -> None:
    """A header value that HTTP cannot carry, such as a strange session cookie, is a failure and injects nothing."""
    async with serving(saying(HELLO)) as server, client() as http:
        exchange = await http.send(get(server.url, headers={"Cookie": value}))
        assert all(b"\r\nb: c" not in head for head in server.heads)
    if "ü" not in value:
        assert exchange.failure is not None
        assert exchange.failure.kind is FailureKind.PROTOCOL
        assert value not in exchange.failure.message


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"", b"nul"], ids=["not UTF-8", "cut", "empty", "not a word"])
@in_loop
async def test_bad_json(body: bytes) -> None:
    """A body that is not JSON is an answer; reading it as JSON says what is wrong."""
    exchange = await ask(saying(response(body, content_type="application/json")))
    assert exchange.failure is None
    assert isinstance(exchange.text(), str)
    with pytest.raises(ValueError, match=r"."):
        exchange.json()


@in_loop
async def test_byte_order_mark() -> None:
    """A byte order mark before JSON, which every browser ignores, makes no fault of the release."""
    exchange = await ask(saying(response(b'\xef\xbb\xbf{"a": 1}', content_type="application/json")))
    assert exchange.json() == {"a": 1}


@in_loop
async def test_header_bytes() -> None:
    """Header values in UTF-8 and in Latin-1 are both read."""
    exchange = await ask(saying(b"HTTP/1.1 200 OK\r\nA: \xc3\xa9\r\nB: \xe9\r\nContent-Length: 0\r\n\r\n"))
    assert (exchange.headers["a"], exchange.headers["b"]) == ("é", "é")


@pytest.mark.parametrize("seed", range(8))
@in_loop
async def test_random_bytes(seed: int) -> None:
    """Whatever bytes come, an exchange comes back."""
    chance = random.Random(seed)
    parts = [
        b"HTTP/1.1 200 OK",
        b"\r\n",
        b"\n",
        b": ",
        b"Content-Length",
        b"Transfer-Encoding: chunked",
        b"5",
        b"\x00",
        b"\xff\xfe",
        b"gzip",
    ]
    answers = [b"".join(chance.choices(parts, k=12)) + chance.randbytes(8) for _ in range(20)]

    async def answer(connection: Connection) -> None:
        await connection.send(answers.pop())

    async with serving(answer) as server, client() as http:
        exchanges = await http.sample(get(server.url), 20)
    assert all(exchange.failure or exchange.status for exchange in exchanges)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400])
@in_loop
async def test_a_number_that_no_float_holds(number: str) -> None:
    """What would be infinity, or break whoever reckons with it, is a text and no number."""
    exchange = await ask(saying(response(f'{{"total": {number}}}'.encode(), content_type="application/json")))
    assert exchange.json() == {"total": number}
