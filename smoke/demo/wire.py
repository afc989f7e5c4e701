"""A small HTTP/1.1 client of the stack's own, for the edge and for the BFF's calls to third parties."""

import asyncio
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import h11

Headers = list[tuple[bytes, bytes]]

_ERRORS = (OSError, TimeoutError, EOFError, h11.ProtocolError)


class WireError(Exception):
    """No complete answer came."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where to connect: an address, and the *name* of the host, which with *tls* its certificate must carry."""

    port: int
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    method: str
    target: str
    headers: Iterable[tuple[bytes, bytes]] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete answer."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes:
        """Return the last value of a header by its lower-case name, or nothing."""
        return next((value for key, value in reversed(self.headers) if key == name), b"")


async def fetch(peer: Peer, call: Call, timeout_s: float = 10.0) -> Answer:
    """Make one call on a fresh connection; raises WireError unless a complete answer comes within *timeout_s*."""
    try:
        async with asyncio.timeout(timeout_s):
            return await _fetch(peer, call)
    except _ERRORS as error:
        raise WireError(str(error) or type(error).__name__) from error


async def _fetch(peer: Peer, call: Call) -> Answer:
    name = peer.name if peer.tls else None
    reader, writer = await asyncio.open_connection(peer.host, peer.port, ssl=peer.tls, server_hostname=name)
    try:
        connection = h11.Connection(h11.CLIENT)
        headers = [*call.headers, (b"connection", b"close"), (b"content-length", str(len(call.body)).encode())]
        request = h11.Request(method=call.method, target=call.target, headers=headers)
        parts = [connection.send(request), connection.send(h11.Data(call.body)), connection.send(h11.EndOfMessage())]
        writer.write(b"".join(part for part in parts if part))
        return await _answer(connection, reader)
    finally:
        writer.close()
        with suppress(*_ERRORS):
            await writer.wait_closed()


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    status, headers, body = 0, [], bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response):
            status, headers = event.status_code, list(event.headers)
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, headers, bytes(body))
        elif isinstance(event, h11.ConnectionClosed):
            raise EOFError("the connection ended before the answer was complete")
