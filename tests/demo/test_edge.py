"""The edge forwards, balances, caches, and breaks only as it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from smoke.demo.edge.conditions import Conditions
from smoke.demo.edge.proxy import Edge
from smoke.demo.edge.screens import MAINTENANCE, MAINTENANCE_PAGE
from smoke.demo.edge.upstreams import Upstream, Upstreams
from smoke.demo.serving import Serving
from smoke.demo.tls import Authority
from smoke.demo.wire import Answer, Call, Peer, WireError, fetch

HOST = "app.demo.test"


class Origin:
    """A small service with a name, whose health can be switched off."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.well = True
        routes = [
            Route("/health", self._health),
            Route("/echo", self._echo, methods=["GET", "POST", "DELETE"]),
            Route("/asset", self._asset),
        ]
        self.serving = Serving(Starlette(routes=routes))

    async def _health(self, _request: Request) -> Response:
        return PlainTextResponse(self.name, 200 if self.well else 503)

    async def _echo(self, request: Request) -> Response:
        if request.method == "DELETE":
            return Response(status_code=204)
        said = f"{request.headers['host']} {request.headers['x-forwarded-proto']} ".encode()
        return Response(said + await request.body(), headers={"x-replica": self.name})

    async def _asset(self, _request: Request) -> Response:
        return PlainTextResponse("asset", headers={"cache-control": "public, max-age=60", "x-replica": self.name})


class Street:
    """An edge with its replicas, and a way to ask it."""

    def __init__(self, edge: Edge, peer: Peer, origins: list[Origin], site: Upstreams, conditions: Conditions) -> None:
        self.edge = edge
        self.peer = peer
        self.origins = origins
        self.site = site
        self.conditions = conditions

    async def ask(self, path: str = "/echo", method: str = "GET", body: bytes = b"", host: str = HOST) -> Answer:
        """Make one request through the edge."""
        return await fetch(self.peer, Call(method, path, [(b"host", host.encode())], body), 5.0)


@asynccontextmanager
async def street(
    directory: Path,
    replicas: int = 3,
    health_every_s: float = 0.02,
    *,
    host: str = HOST,
    spares_the_sick: bool = True,
) -> AsyncIterator[Street]:
    """Run an edge before *replicas* origins."""
    authority, conditions = Authority(directory), Conditions(rng=Random(1))
    origins = [Origin(f"app-{number}") for number in range(replicas)]
    site = Upstreams(host, "/health", [Upstream(one.name, await one.serving.start()) for one in origins])
    edge = Edge({host: site}, conditions)
    edge.spares_the_sick = spares_the_sick
    port = await edge.start(authority.server_context(HOST), health_every_s)
    try:
        yield Street(edge, Peer(port, tls=authority.client_context(), name=HOST), origins, site, conditions)
    finally:
        await edge.stop()
        for one in origins:
            await one.serving.stop(abruptly=True)


def test_it_takes_turns(tmp_path: Path) -> None:
    """Six requests reach three replicas twice each."""

    async def run() -> None:
        async with street(tmp_path) as here:
            names = [(await here.ask()).header(b"x-replica") for _ in range(6)]
            assert sorted(names) == sorted([b"app-0", b"app-1", b"app-2"] * 2)

    asyncio.run(run())


def test_it_forwards_the_request_and_the_answer(tmp_path: Path) -> None:
    """Host and body arrive, the visitor's scheme is told, an empty answer stays empty."""

    async def run() -> None:
        async with street(tmp_path, 1) as here:
            assert (await here.ask(method="POST", body=b"hello")).body == b"app.demo.test https hello"
            assert (await here.ask(method="DELETE")).status == 204

    asyncio.run(run())


def test_unhealthy_replicas_get_no_traffic_until_they_are_well(tmp_path: Path) -> None:
    """A replica whose health fails is left out and taken back."""

    async def run() -> None:
        async with street(tmp_path) as here:
            here.origins[0].well = False
            await _until(lambda: not here.site.members[0].healthy)
            assert {(await here.ask()).header(b"x-replica") for _ in range(6)} == {b"app-1", b"app-2"}
            here.origins[0].well = True
            await _until(lambda: here.site.members[0].healthy)
            assert len({(await here.ask()).header(b"x-replica") for _ in range(6)}) == 3

    asyncio.run(run())


def test_one_that_spares_nobody_sends_requests_to_the_sick(tmp_path: Path) -> None:
    """As platforms do that ask for the health only at the start."""

    async def run() -> None:
        async with street(tmp_path, spares_the_sick=False) as here:
            here.origins[0].well = False
            await here.origins[1].serving.stop(abruptly=True)
            answers = [await here.ask("/health") for _ in range(9)]
            assert sorted(answer.status for answer in answers) == [200] * 3 + [502] * 3 + [503] * 3

    asyncio.run(run())


def test_a_developers_machine_has_no_tls(tmp_path: Path) -> None:
    """A host with its port is asked in the open, and the replica is told so."""

    async def run() -> None:
        async with street(tmp_path, 1, host="localhost:3000") as here:
            peer = Peer(await here.edge.start_plain())
            call = Call("POST", "/echo", [(b"host", b"localhost:3000")], b"hello")
            assert (await fetch(peer, call, 5.0)).body == b"localhost:3000 http hello"

    asyncio.run(run())


def test_a_dead_replica_is_a_502_and_then_none(tmp_path: Path) -> None:
    """The first requests to a replica that is gone fail; with nobody left there is no healthy upstream."""

    async def run() -> None:
        async with street(tmp_path, 1, health_every_s=60) as here:
            await here.origins[0].serving.stop(abruptly=True)
            answers = [await here.ask() for _ in range(3)]
            assert [answer.status for answer in answers] == [502, 502, 503]
            assert answers[-1].body == b"no healthy upstream"

    asyncio.run(run())


def test_unknown_hosts_are_not_served(tmp_path: Path) -> None:
    """A name that is not ours is misdirected."""

    async def run() -> None:
        async with street(tmp_path, 1) as here:
            assert (await here.ask(host="other.test")).status == 421

    asyncio.run(run())


def test_public_answers_are_cached_and_say_so(tmp_path: Path) -> None:
    """The second answer comes from the cache, with its age and without the name of a replica."""

    async def run() -> None:
        async with street(tmp_path) as here:
            first, second = await here.ask("/asset"), await here.ask("/asset")
            assert (first.header(b"x-cache"), second.header(b"x-cache")) == (b"MISS", b"HIT")
            assert (second.header(b"age"), second.header(b"x-replica"), second.body) == (b"0", b"", b"asset")
            assert (await here.ask()).header(b"x-cache") == b"MISS"

    asyncio.run(run())


def test_told_to_reset_it_resets(tmp_path: Path) -> None:
    """A connection that is reset ends without an answer."""

    async def run() -> None:
        async with street(tmp_path, 1) as here:
            here.conditions.reset_share = 1.0
            with pytest.raises(WireError, match=r"reset|ended"):
                await here.ask()

    asyncio.run(run())


def test_told_to_blip_it_answers_503_for_a_while(tmp_path: Path) -> None:
    """Until the moment that was set requests find no upstream, later they do."""

    async def run() -> None:
        async with street(tmp_path, 1) as here:
            here.conditions.blip_share = 1.0
            here.conditions.blip_until = asyncio.get_running_loop().time() + 0.2
            assert (await here.ask()).status == 503
            await asyncio.sleep(0.2)
            assert (await here.ask()).status == 200

    asyncio.run(run())


def test_told_of_maintenance_it_says_nothing_else(tmp_path: Path) -> None:
    """Every path is the maintenance page of 308 bytes with status 200."""

    async def run() -> None:
        async with street(tmp_path, 1) as here:
            here.conditions.screen = MAINTENANCE
            answers = [await here.ask(path) for path in ("/echo", "/health", "/nowhere")]
            assert {(answer.status, answer.body) for answer in answers} == {(200, MAINTENANCE_PAGE)}
            assert len(MAINTENANCE_PAGE) == 308

    asyncio.run(run())


def test_nonsense_ends_the_connection(tmp_path: Path) -> None:
    """What is not HTTP gets no answer, and the edge goes on."""

    async def run() -> None:
        async with street(tmp_path, 1) as here:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", here.peer.port, ssl=here.peer.tls, server_hostname=HOST
            )
            writer.write(b"\x00\x01nonsense\r\n\r\n")
            assert await reader.read() == b""
            writer.close()
            assert (await here.ask()).status == 200

    asyncio.run(run())


def test_members_are_switched_one_for_one() -> None:
    """Replacing keeps the others and their order; adding and taking out work alone."""
    blue, green, other = Upstream("blue", 1), Upstream("green", 2), Upstream("other", 3)
    site = Upstreams(HOST, "/health", [blue, other])
    site.replace(blue, green)
    assert site.members == [green, other]
    site.replace(other, None)
    assert site.members == [green]
    site.replace(None, blue)
    assert site.members == [green, blue]
    site.replace(other, None)
    assert site.members == [green, blue]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the edge tells nobody when it changes its mind
            await asyncio.sleep(0.01)
