"""Looking at a site: reads only, recognisable, and never past a wall or a certificate that nobody vouches for."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import pytest

from smoke.discovery import asking
from smoke.discovery.site import Site
from smoke.environment.environment import Limits
from smoke.errors import UsageError
from smoke.http.client import HttpClient
from tests.http.authority import authority, certificate, stranger
from tests.http.servers import Answer, Connection, response, saying, serving

T = TypeVar("T")

QUICK = Limits(concurrency=8, requests_per_s=1000, connect_timeout_s=5, timeout_s=5)


def within(seconds: float, doing: Awaitable[T]) -> T:
    """Return what comes of *doing*, which must end in time."""

    async def bounded() -> T:
        async with asyncio.timeout(seconds):
            return await doing

    return asyncio.run(bounded())


async def looked(answer: Answer, ca_file: Path | None = None, tls: object = None) -> tuple[Site, list[bytes]]:
    """Look at a server that always answers alike."""
    async with serving(answer, tls=tls) as served:  # type: ignore[arg-type]
        url = served.url.replace("127.0.0.1", "localhost")
        async with HttpClient(asking.settings("init-1", ca_file)) as http:
            return await asking.look_at(http, url), served.heads


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing wait for its turn."""
    monkeypatch.setattr(asking, "LIMITS", QUICK)


def test_reads_only_and_recognisable() -> None:
    """Every request only reads, says who asks, and there are not many."""
    _, heads = within(120, looked(saying(response(b"ok", "404 Not Found"))))
    assert {head.split(b" ")[0] for head in heads} == {b"GET"}
    assert all(b"Smokegate/" in head and b"init-1" in head for head in heads)
    assert len(heads) < 150


def test_a_certificate_of_nobody() -> None:
    """A self-signed certificate is told, with the remedy; with its authority named all is well."""
    hello = saying(response(b"<h1>Hello</h1>", content_type="text/html"))
    with pytest.raises(UsageError, match="for a certificate of your own authority add --ca FILE"):
        within(60, looked(hello, tls=certificate("localhost", ca=stranger())))


def test_an_authority_of_our_own(tmp_path: Path) -> None:
    """With the authority named the site is seen, and when its certificate ends."""
    bundle = tmp_path / "ca.pem"
    authority().cert_pem.write_to_path(str(bundle))
    hello = saying(response(b"<h1>Hello</h1>", content_type="text/html"))
    site, _ = within(120, looked(hello, bundle, certificate("localhost")))
    assert site.all_of("/")[0].certificate is not None


def test_a_login_wall() -> None:
    """A site that leads everybody to another host is not looked at through that host."""

    async def at_the_wall() -> None:
        async with serving(saying(response(b"<h1>Log in</h1>", content_type="text/html"))) as wall:
            there = wall.url  # 127.0.0.1, while the site is localhost
            away = saying(response(b"", "302 Found", location=f"{there}/sso?back=1"))
            try:
                await looked(away)
            finally:
                assert len(wall.heads) <= 1

    with pytest.raises(UsageError, match=r"leads everybody to http://127\.0\.0\.1"):
        within(60, at_the_wall())


def test_an_api_below() -> None:
    """Where `/` leads to `/v1/`, everything is looked for there."""

    async def api(connection: Connection) -> None:
        if connection.target == "/":
            await connection.send(response(b"", "307 Temporary Redirect", location="/v1/"))
        elif connection.target in {"/v1/", "/v1/__heartbeat__"}:
            await connection.send(response(b'{"storage": true}', content_type="application/json"))
        else:
            await connection.send(response(b"", "404 Not Found"))

    site, _ = within(120, looked(api))
    assert site.url.endswith("/v1")
    assert site.own("/__heartbeat__") is not None
