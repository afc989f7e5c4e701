"""The stack's own client takes complete answers and nothing less."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from smoke.demo.wire import Call, Peer, WireError, fetch


@asynccontextmanager
async def answering(answer: bytes, *, hold: bool = False) -> AsyncIterator[Peer]:
    """Run a server that answers every request with the same bytes."""
    over, visits = asyncio.Event(), list[asyncio.StreamWriter]()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if hold:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    try:
        yield Peer(server.sockets[0].getsockname()[1])
    finally:
        over.set()
        server.close()
        await asyncio.gather(*(writer.wait_closed() for writer in visits), return_exceptions=True)


def test_an_answer_has_status_headers_and_body() -> None:
    """Chunks are put together, header names are lower-case."""

    async def run() -> None:
        said = (
            b"HTTP/1.1 201 Created\r\nX-Name: one\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
        )
        async with answering(said) as peer:
            answer = await fetch(peer, Call("GET", "/", [(b"host", b"x")]))
        assert (answer.status, answer.header(b"x-name"), answer.body) == (201, b"one", b"hello")
        assert answer.header(b"missing") == b""

    asyncio.run(run())


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", b"\x15\x03\x01 not HTTP at all\r\n\r\n"],
    ids=["nothing", "half", "nonsense"],
)
def test_less_than_an_answer_is_an_error(said: bytes) -> None:
    """Nothing, half an answer and nonsense raise WireError."""

    async def run() -> None:
        async with answering(said) as peer:
            with pytest.raises(WireError):
                await fetch(peer, Call("GET", "/", [(b"host", b"x")]))

    asyncio.run(run())


def test_silence_is_an_error_after_the_timeout() -> None:
    """A server that holds its answer back is given up."""

    async def run() -> None:
        async with answering(b"", hold=True) as peer:
            with pytest.raises(WireError, match="TimeoutError"):
                await fetch(peer, Call("GET", "/", [(b"host", b"x")]), timeout_s=0.05)

    asyncio.run(run())


def test_nobody_there_is_an_error() -> None:
    """A refused connection raises WireError."""

    async def run() -> None:
        async with answering(b"") as peer:
            pass
        with pytest.raises(WireError):
            await fetch(peer, Call("GET", "/", [(b"host", b"x")]))

    asyncio.run(run())
