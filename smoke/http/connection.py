"""One connection at a time to one address, with a note of how far it got."""

import logging
import math
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import anyio
import httpcore

from smoke.http._httpx import httpx
from smoke.http.routing import Route, is_local
from smoke.http.standstill import Standstill

KEEP_S = 2.0
"""How long an idle connection may be used again: shorter than servers keep theirs (Node.js: 5 s)."""

# At level DEBUG httpcore logs answers with their cookies, and evidence must keep secrets.
logging.getLogger("httpcore").setLevel(logging.INFO)


class Phase(StrEnum):
    """What a connection is doing, as messages put it."""

    CONNECT = "connecting"
    TLS = "the TLS handshake"
    SEND = "sending the request"
    ANSWER = "waiting for the answer"
    READ = "reading the answer"


@dataclass(slots=True)
class Progress:
    """How far a connection got: its phase, the bytes of the answer so far, how often it was opened."""

    phase: Phase = Phase.CONNECT
    received: int = 0
    opened: int = 0
    local: bool = False

    def begin(self) -> int:
        """Start over for another request; return how often a connection was opened before."""
        self.phase, self.received = Phase.CONNECT, 0
        return self.opened


class _Stream(httpcore.AsyncNetworkStream):
    """Notes the progress, and closes the socket when a TLS handshake is cancelled, which httpcore 1.0 does not."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, progress: Progress, standstill: Standstill) -> None:
        self._stream = stream
        self._progress = progress
        self._standstill = standstill

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's interface
        self._progress.phase = Phase.READ if self._progress.received else Phase.ANSWER
        data = await self._stream.read(max_bytes, timeout)
        self._progress.received += len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's interface
        self._progress.phase = Phase.SEND
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        self._progress.phase = Phase.TLS
        with _in_time(self._standstill, timeout):
            try:
                stream = await self._stream.start_tls(ssl_context, server_hostname)
            except BaseException:  # a cancellation too must not leave the socket open
                with anyio.CancelScope(shield=True):
                    await self.aclose()
                raise
        self._progress.received = 0
        return _Stream(stream, self._progress, self._standstill)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Connector(httpcore.AsyncNetworkBackend):
    """Opens connections where the route leads; host names in TLS and HTTP stay as they were."""

    def __init__(self, route: Route, progress: Progress, standstill: Standstill) -> None:
        self._backend = httpcore.AnyIOBackend()
        self._route = route
        self._progress = progress
        self._standstill = standstill

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self._progress.phase = Phase.CONNECT
        self._progress.opened += 1
        if not self._route.proxy:
            host, port = self._route.target
        with _in_time(self._standstill, timeout):
            stream = await self._backend.connect_tcp(host, port, None, local_address, socket_options)
        peer = stream.get_extra_info("server_addr")  # None if the connection is lost already
        if peer and not self._route.proxy:
            self._progress.local = is_local(peer[0])
        return _Stream(stream, self._progress, self._standstill)


@contextmanager
def _in_time(standstill: Standstill, limit_s: float | None) -> Iterator[None]:
    """Bound connecting, as httpcore would; but what this machine stands still does not count."""
    with standstill.until(anyio.current_time() + (math.inf if limit_s is None else limit_s)) as scope:
        yield
    if scope.cancelled_caught:
        raise httpcore.ConnectTimeout


class Connection(httpx.AsyncHTTPTransport):
    """An httpx transport that holds at most one connection and leads where its route says."""

    def __init__(self, route: Route, context: ssl.SSLContext | None, standstill: Standstill) -> None:
        # httpx offers no way to pass a network backend, so the pool is made here instead of by its constructor.
        self.progress = Progress(local=route.local)
        self.reusable = False
        self.standstill = standstill
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            proxy=route.proxy.to_httpcore() if route.proxy else None,
            max_connections=1,
            keepalive_expiry=KEEP_S,
            network_backend=_Connector(route, self.progress, standstill),
        )


class Connections:
    """Connections to use: a new one for every fresh request, else one that is idle."""

    def __init__(self) -> None:
        self.standstill = Standstill()
        self._idle: dict[Route, list[Connection]] = {}

    @asynccontextmanager
    async def lend(self, route: Route, context: ssl.SSLContext | None, *, fresh: bool) -> AsyncIterator[Connection]:
        """Lend a connection to *route*; it is closed afterwards unless it is *reusable* and not *fresh*."""
        kept = self._idle.setdefault(route, [])
        connection = kept.pop() if kept and not fresh else Connection(route, context, self.standstill)
        connection.reusable = False
        try:
            yield connection
        finally:
            if connection.reusable and not fresh:
                kept.append(connection)
            else:
                await _close(connection)

    async def aclose(self) -> None:
        """Close what is idle."""
        connections = [connection for kept in self._idle.values() for connection in kept]
        self._idle.clear()
        for connection in connections:
            await _close(connection)


async def _close(connection: Connection) -> None:
    with anyio.CancelScope(shield=True):
        await connection.aclose()
