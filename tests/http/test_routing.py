"""Tests of routes: straight, to another address, or through a proxy."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from smoke.errors import ConfigurationError
from smoke.http import FailureKind
from smoke.http.routing import Router, is_local
from smoke.http.settings import unchanged
from tests.http.authority import PUBLIC, bundle, certificate
from tests.http.servers import HELLO, client, free_port, get, headers_of, in_loop, response, saying, serving

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@dataclass
class Tunnels:
    """A proxy that leads every tunnel to one port, and what it was asked for."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def proxy(to_port: int, refusal: bytes = b"") -> AsyncIterator[Tunnels]:
    """Run an HTTP proxy on loopback that knows CONNECT only."""
    tunnels = Tunnels()
    tasks: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tunnels.heads.append(await reader.readuntil(b"\r\n\r\n"))
        if refusal:
            writer.write(refusal)
            writer.close()
            return
        there = await asyncio.open_connection("127.0.0.1", to_port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        tasks.update(asyncio.ensure_future(pump(*pair)) for pair in ((reader, there[1]), (there[0], writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    tunnels.port = server.sockets[0].getsockname()[1]
    try:
        yield tunnels
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@in_loop
async def test_tunnel(tmp_path: Path) -> None:
    """HTTPS goes through the proxy's tunnel, TLS reaches the target, credentials reach the proxy only."""
    async with serving(saying(HELLO), tls=certificate(PUBLIC)) as server, proxy(server.port) as tunnels:
        settings = {"ca_file": bundle(tmp_path), "proxy": f"http://me:pass@127.0.0.1:{tunnels.port}"}
        async with client(**settings) as http:
            exchange = await http.send(get(f"https://{PUBLIC}/x"))
    assert (exchange.status, exchange.local) == (200, False)
    assert tunnels.heads[0].startswith(f"CONNECT {PUBLIC}:443 ".encode())
    assert headers_of(tunnels.heads[0])["proxy-authorization"] == "Basic bWU6cGFzcw=="
    assert "proxy-authorization" not in headers_of(server.heads[0])


@in_loop
async def test_forward() -> None:
    """Plain HTTP is handed to the proxy with its whole address."""
    async with serving(saying(HELLO)) as server, client(proxy=server.url) as http:
        exchange = await http.send(get(f"http://{PUBLIC}/x"))
    assert (exchange.status, exchange.local) == (200, False)
    assert server.heads[0].startswith(f"GET http://{PUBLIC}/x ".encode())


@in_loop
async def test_proxy_refuses() -> None:
    """A proxy that bars the way is told as such, and not blamed on the target."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with proxy(0, refusal) as tunnels, client(proxy=f"http://me:hush@127.0.0.1:{tunnels.port}") as http:
        exchange = await http.send(get(f"https://{PUBLIC}/"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.UNREACHABLE
    assert "407 Proxy Authentication Required" in exchange.failure.message
    assert "hush" not in exchange.failure.message


@pytest.mark.parametrize("scheme", ["http", "https"])
@in_loop
async def test_proxy_away(scheme: str) -> None:
    """A proxy that cannot be reached is told with its address."""
    port = free_port()
    async with client(proxy=f"http://127.0.0.1:{port}") as http:
        exchange = await http.send(get(f"{scheme}://{PUBLIC}/"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.UNREACHABLE
    assert exchange.failure.message.startswith(f"no connection to the proxy http://127.0.0.1:{port}")


@in_loop
async def test_environment_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy of the process environment is used, except for what NO_PROXY and loopback leave out."""
    async with serving(saying(response(b"proxy"))) as server, serving(saying(response(b"straight"))) as straight:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.setenv("NO_PROXY", "internal.example")
        async with client() as http:
            assert (await http.send(get(f"http://{PUBLIC}/"))).text() == "proxy"
            assert (await http.send(get(straight.url))).text() == "straight"
            assert (await http.send(get(f"http://localhost:{straight.port}"))).text() == "straight"
        assert Router(unchanged).route("http", "host.internal.example", 80).proxy is None


@in_loop
async def test_connect_to_beats_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent to another address goes there straight, whatever the proxy."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with serving(saying(HELLO)) as server:
        http = client(connect_to=lambda _host, _port: ("127.0.0.1", server.port))
        assert (await http.send(get(f"http://{PUBLIC}/"))).status == 200


@in_loop
async def test_unusable_environment_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the process environment that we cannot speak to hurts only the requests that need it."""
    monkeypatch.setenv("ALL_PROXY", "socks5://user:hush@127.0.0.1:1080")
    async with serving(saying(HELLO)) as server, client() as http:
        assert (await http.send(get(server.url))).status == 200
        exchange = await http.send(get(f"http://{PUBLIC}/"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.UNREACHABLE
    assert "socks5://127.0.0.1:1080" in exchange.failure.message
    assert "hush" not in exchange.failure.message


@pytest.mark.parametrize("proxy_url", ["socks5://user:hush@h:1", "http://", "ftp://h"])
def test_unusable_proxy(proxy_url: str) -> None:
    """A proxy of the environment file that cannot be used is a configuration error without its password."""
    with pytest.raises(ConfigurationError, match="cannot be used; give an http") as error:
        Router(unchanged, proxy_url)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize("url", ["proxy.example:3128", "http://proxy.example:3128", "https://a:b@proxy.example:3128/"])
def test_proxy_address(url: str) -> None:
    """A proxy may be given with or without scheme and credentials."""
    route = Router(unchanged, url).route("https", PUBLIC, 443)
    assert route.proxy is not None
    assert route.proxy.address.endswith("://proxy.example:3128")
    assert str(route) == f"{PUBLIC}:443 through the proxy {route.proxy.address}"


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("portal.example.jp", False),
        ("localhost.example.jp", False),
        ("", False),
    ],
)
def test_local(host: str, local: bool) -> None:
    """Addresses and names of this machine are told from all others."""
    assert is_local(host) is local


@in_loop
async def test_connect_to_nowhere() -> None:
    """A rule that leads to a name which does not resolve fails by that name."""
    async with client(connect_to=lambda _host, port: ("nowhere.invalid", port)) as http:
        exchange = await http.send(get(f"https://{PUBLIC}/"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.NAME
    assert "nowhere.invalid" in exchange.failure.message
