"""The edge's server: one TLS port for all public names of the portal."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address

import h11

from smoke.demo.edge.cache import Cache
from smoke.demo.edge.conditions import Conditions
from smoke.demo.edge.upstreams import Upstreams
from smoke.demo.serving import LOOPBACK
from smoke.demo.wire import Answer, Call, Headers, Peer, WireError, fetch

HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"te", b"upgrade", b"trailer"}
)
IDLE_S = 30.0
UPSTREAM_S = 20.0
BODY_LIMIT = 1_000_000
OUR_ADDRESS = "198.51.100.23"
"""Where requests from 127.0.0.1 come from, as the edge tells the replicas; other loopback addresses are neighbours."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: the address that the replicas are told, and how the edge was reached."""

    address: str = OUR_ADDRESS
    scheme: bytes = b"https"


class Edge:
    """
    Forwards requests by their host name to a healthy replica.

    *certificates* are those of single hosts; *neighbours* are hosts of other customers, no site of ours. *behind* tells
    the site and its target for a public host and target, where they differ. One that does not *spare the sick* sends
    requests to every replica, whatever it says of its health, as platforms do that ask for it only at the start.
    """

    def __init__(self, sites: dict[str, Upstreams], conditions: Conditions) -> None:
        self._sites = sites
        self._conditions = conditions
        self.cache = Cache()
        self.certificates: dict[str, ssl.SSLContext] = {}
        self.neighbours: frozenset[str] = frozenset()
        self.spares_the_sick = True
        self.behind: Callable[[str, str], tuple[str, str]] = lambda host, target: (host, target)
        self._servers: list[asyncio.Server] = []
        self._watchers: list[asyncio.Task[None]] = []
        self._visits: set[asyncio.Task[None]] = set()

    async def start(self, context: ssl.SSLContext, health_every_s: float | None) -> int:
        """Listen on a free port, and watch the replicas' health unless somebody else does; returns the port."""
        listener = socket.create_server((LOOPBACK, 0), backlog=512)
        context.sni_callback = self._choose_certificate
        self._servers.append(await asyncio.start_server(self._visit, sock=listener, ssl=context))
        watched = self._sites.values() if health_every_s is not None and self.spares_the_sick else ()
        self._watchers = [asyncio.create_task(site.watch(health_every_s or 0.0)) for site in watched]
        return int(listener.getsockname()[1])

    async def start_plain(self) -> int:
        """Listen on a further port without TLS, as on a developer's machine; returns the port."""
        listener = socket.create_server((LOOPBACK, 0), backlog=512)
        self._servers.append(await asyncio.start_server(self._visit, sock=listener))
        return int(listener.getsockname()[1])

    async def stop(self) -> None:
        """Close the ports and all connections."""
        for task in (*self._watchers, *self._visits):
            task.cancel()
        for server in self._servers:
            server.close()
        await asyncio.gather(*self._watchers, *self._visits, return_exceptions=True)

    async def be_asked(self, host: str, path: str) -> None:
        """Answer a visitor's GET, whose answer the cache may keep."""
        await self._serve(host, Call("GET", path, [(b"host", host.encode())]))

    def _choose_certificate(self, plug: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name in self.certificates:
            plug.context = self.certificates[name]

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._visits.add(task)
            task.add_done_callback(self._visits.discard)
        try:
            with suppress(OSError, TimeoutError, EOFError, h11.ProtocolError, asyncio.CancelledError):
                await self._converse(reader, writer)
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        scheme = b"https" if writer.get_extra_info("ssl_object") else b"http"
        connection, visitor = h11.Connection(h11.SERVER), Visitor(_public(writer.get_extra_info("peername")), scheme)
        while True:
            request, body = await _receive(connection, reader)
            if request is None:
                return
            if self._conditions.resets():
                _reset(writer)
                return
            answer = await self._answer(request, body, visitor)
            await _send(connection, writer, answer, head_only=request.method == b"HEAD")
            if connection.our_state is h11.MUST_CLOSE or connection.their_state is h11.MUST_CLOSE:
                return
            connection.start_next_cycle()

    async def _answer(self, request: h11.Request, body: bytes, visitor: Visitor) -> Answer:
        host = dict(request.headers).get(b"host", b"").decode("ascii", "replace").removesuffix(":443").lower()
        screen, target = self._conditions.screen, request.target.decode("ascii", "replace")
        if screen is not None and (screen.everybody or host not in self.neighbours):
            return screen.answer(host, target, request.headers)
        if host in self.neighbours:
            return _plain(200, b"Somebody else's site\n")
        host, target = self.behind(host, target)
        if host not in self._sites:
            return _plain(421, b"unknown host\n")
        if self._conditions.drops(asyncio.get_running_loop().time()):
            return _plain(503, b"no healthy upstream")
        return await self._serve(host, Call(request.method.decode(), target, list(request.headers), body), visitor)

    async def _serve(self, host: str, call: Call, visitor: Visitor = Visitor()) -> Answer:
        """Answer out of the cache or from a replica."""
        kept = self.cache.find(host, call.method, call.target)
        if kept is not None:
            return kept
        onward = Call(call.method, call.target, _forwarded(call.headers, visitor), call.body)
        return self.cache.keep(host, call.method, call.target, await self._forward(self._sites[host], onward))

    async def _forward(self, site: Upstreams, call: Call) -> Answer:
        upstream = site.choose()
        if upstream is None:
            return _plain(503, b"no healthy upstream")
        try:
            return await fetch(Peer(upstream.port), call, UPSTREAM_S)
        except WireError:
            upstream.failures += 1 if self.spares_the_sick else 0
            return _plain(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>\n", b"text/html")


async def _receive(connection: h11.Connection, reader: asyncio.StreamReader) -> tuple[h11.Request | None, bytes]:
    """Return the next request with its body, or None at the end of the connection."""
    request, body = None, bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await asyncio.wait_for(reader.read(65536), IDLE_S))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > BODY_LIMIT:
                return None, b""
        elif isinstance(event, h11.EndOfMessage):
            return request, bytes(body)
        else:
            return None, b""


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, answer: Answer, *, head_only: bool) -> None:
    headers = [(name, value) for name, value in answer.headers if name not in HOP_BY_HOP]
    if answer.status != HTTPStatus.NO_CONTENT:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    events: list[h11.Event] = [h11.Response(status_code=answer.status, headers=headers)]
    if answer.body and not head_only:
        events.append(h11.Data(answer.body))
    writer.write(b"".join(connection.send(event) or b"" for event in [*events, h11.EndOfMessage()]))
    await writer.drain()


def _public(peer: tuple[str, int] | None) -> str:
    """Return the public address of who connects from a loopback address: each stands for another machine."""
    number = int(peer[0].rpartition(".")[2]) if peer else 1
    return str(ip_address(OUR_ADDRESS) + number - 1)


def _forwarded(headers: Iterable[tuple[bytes, bytes]], visitor: Visitor) -> Headers:
    """Return the headers that go on to the replica."""
    kept = [(name, value) for name, value in headers if name not in HOP_BY_HOP]
    return [*kept, (b"x-forwarded-proto", visitor.scheme), (b"x-forwarded-for", visitor.address.encode())]


def _reset(writer: asyncio.StreamWriter) -> None:
    """Abort the connection with RST: a linger time of zero throws away what is unsent."""
    plug = writer.get_extra_info("socket")
    if plug is not None:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _plain(status: int, text: bytes, kind: bytes = b"text/plain") -> Answer:
    return Answer(status, [(b"content-type", kind), (b"cache-control", b"no-store")], text)
