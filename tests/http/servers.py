"""Small servers on loopback that answer byte by byte what a test tells them to."""

import asyncio
import contextlib
import functools
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ParamSpec

from smoke.environment.environment import Limits
from smoke.http import Request
from smoke.http.client import HttpClient
from smoke.http.settings import HttpSettings

P = ParamSpec("P")

HELLO = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async test in a loop of its own, for ten seconds at most."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(10):
                await test(*args, **kwargs)

        asyncio.run(bounded())

    return run


@dataclass
class Connection:
    """One accepted connection, with the head of the request that is to be answered."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes = b""

    @property
    def target(self) -> str:
        """The request target as sent."""
        return self.head.split(b" ", 2)[1].decode()

    @property
    def headers(self) -> dict[str, str]:
        """The request's headers by lower-case name."""
        return headers_of(self.head)

    async def body(self) -> bytes:
        """Read the request's body."""
        return await self.reader.readexactly(int(self.headers.get("content-length", "0")))

    async def send(self, data: bytes) -> None:
        """Send bytes at once."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close so that the other side sees a reset instead of an orderly end."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Answer = Callable[[Connection], Awaitable[None]]


@dataclass
class Served:
    """What a test may ask of the server it started."""

    port: int
    scheme: str
    accepted: int = 0
    open: int = 0
    most_open: int = 0
    heads: list[bytes] = field(default_factory=list)
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    busy: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def asked(self, times: int) -> None:
        """Wait until so many requests have come."""
        async with self.busy:
            await self.busy.wait_for(lambda: len(self.heads) >= times)


@asynccontextmanager
async def serving(answer: Answer, *, tls: ssl.SSLContext | None = None, keep: bool = False) -> AsyncIterator[Served]:
    """Answer every request by *answer*; the connection is closed after one, unless *keep*."""
    tasks: set[asyncio.Task[None]] = set()
    served = Served(0, "https" if tls else "http")

    async def talk(connection: Connection) -> None:
        served.accepted += 1
        served.open += 1
        served.quiet.clear()
        served.most_open = max(served.most_open, served.open)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                while True:
                    connection.head = await connection.reader.readuntil(b"\r\n\r\n")
                    served.heads.append(connection.head)
                    async with served.busy:
                        served.busy.notify_all()
                    await answer(connection)
                    if not keep:
                        return
        finally:
            served.open -= 1
            if not served.open:
                served.quiet.set()
            connection.writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(talk(Connection(reader, writer)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls, backlog=200)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def saying(data: bytes) -> Answer:
    """Always answer the same bytes."""

    async def answer(connection: Connection) -> None:
        await connection.send(data)

    return answer


async def silent(connection: Connection) -> None:
    """Never answer; end when the other side does."""
    await connection.reader.read()


def response(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole answer; underscores in header names become hyphens."""
    pairs = {"content-length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in pairs.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def client(**settings: Any) -> HttpClient:
    """Return a client with small limits; keys of Limits are taken as such."""
    names = Limits.model_fields.keys() & settings.keys()
    limits = {"timeout_s": 3.0, "connect_timeout_s": 3.0, "requests_per_s": 10_000.0, "concurrency": 100}
    limits |= {name: settings.pop(name) for name in names}
    return HttpClient(HttpSettings(run_id="run-1", limits=Limits.model_validate(limits), **settings))


def get(url: str, **more: Any) -> Request:
    """Return a GET request."""
    return Request("GET", url, **more)


def headers_of(head: bytes) -> dict[str, str]:
    """Return the headers of a request by lower-case name."""
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
