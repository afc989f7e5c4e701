"""Tests of TLS: what is trusted, and how a refusal is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from smoke.errors import ConfigurationError
from smoke.http import EXPIRED, Exchange, FailureKind, Request
from smoke.http.client import HttpClient
from smoke.http.trust import trust
from tests.http.authority import PUBLIC, bundle, certificate, stranger
from tests.http.servers import HELLO, Answer, Connection, Served, client, get, in_loop, saying, serving, silent


@asynccontextmanager
async def served(
    context: ssl.SSLContext, folder: Path, *, keep: bool = False
) -> AsyncIterator[tuple[Served, HttpClient]]:
    """Serve with TLS, and give a client that trusts the test's authority and connects only there."""
    async with serving(saying(HELLO), tls=context, keep=keep) as server:
        there = ("127.0.0.1", server.port)
        async with client(ca_file=bundle(folder), connect_to=lambda _host, _port: there) as http:
            yield server, http


@in_loop
async def test_connect_to_keeps_names(tmp_path: Path) -> None:
    """A public name can be asked on loopback: TLS name and Host header stay, and the exchange counts as local."""
    names: list[str | None] = []
    context = certificate(PUBLIC)
    context.sni_callback = lambda _, name, __: names.append(name)
    async with served(context, tmp_path) as (server, http):
        exchange = await http.send(get(f"https://{PUBLIC}/health"))
    assert (exchange.status, exchange.failure, exchange.local) == (200, None, True)
    assert names == [PUBLIC]
    assert f"host: {PUBLIC}\r\n".encode() in server.heads[0].lower()
    assert exchange.final_url == f"https://{PUBLIC}/health"


@in_loop
async def test_kept_tls_connection(tmp_path: Path) -> None:
    """A TLS connection is kept and used again like any other."""
    async with served(certificate(PUBLIC), tmp_path, keep=True) as (server, http):
        statuses = [(await http.send(get(f"https://{PUBLIC}/", fresh=False))).status for _ in range(3)]
        assert (statuses, server.accepted) == ([200] * 3, 1)


REFUSED = {
    "unknown issuer": (lambda: certificate(PUBLIC, ca=stranger()), "issuer is unknown"),
    "expired": (lambda: certificate(PUBLIC, expired=True), "has expired"),
    "not valid yet": (lambda: certificate(PUBLIC, early=True), "not valid yet"),
    "wrong name": (lambda: certificate("other.example.jp"), "is for another name"),
}


@pytest.mark.parametrize(("context", "words"), REFUSED.values(), ids=REFUSED)
@in_loop
async def test_certificate_refused(tmp_path: Path, context: Callable[[], ssl.SSLContext], words: str) -> None:
    """A certificate that is not accepted is told by its reason and by the name that was asked for."""
    async with served(context(), tmp_path) as (server, http):
        exchange = await http.send(get(f"https://{PUBLIC}/"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TLS
    assert words in exchange.failure.message
    assert exchange.failure.message.startswith(f"TLS with {PUBLIC}:443 at 127.0.0.1:{server.port} failed")
    assert not exchange.failure.kind.before_any_answer


@in_loop
async def test_what_is_wrong_with_a_certificate_is_told_apart(tmp_path: Path) -> None:
    """Only a refused certificate is named; the text is stable, without names and ports."""
    async with served(certificate(PUBLIC, expired=True), tmp_path) as (_, http):
        exchange = await http.send(get(f"https://{PUBLIC}/"))
    assert exchange.failure is not None
    assert exchange.failure.certificate == EXPIRED


@in_loop
async def test_the_accepted_certificate_is_shown_on_demand(tmp_path: Path) -> None:
    """Who asks for it gets names, issuer and times of the certificate."""
    async with served(certificate(PUBLIC), tmp_path) as (_, http):
        plain = await http.send(get(f"https://{PUBLIC}/"))
        shown = await http.send(Request("GET", f"https://{PUBLIC}/", show_certificate=True))
    assert plain.certificate is None
    assert shown.certificate is not None
    assert shown.certificate.names == (PUBLIC,)
    assert "trustme" in shown.certificate.issuer
    assert shown.certificate.not_before < shown.at < shown.certificate.not_after


@in_loop
async def test_wrong_address(tmp_path: Path) -> None:
    """A certificate without the address that was asked for is refused."""
    async with serving(saying(HELLO), tls=certificate(PUBLIC)) as server, client(ca_file=bundle(tmp_path)) as http:
        exchange = await http.send(get(server.url))
    assert exchange.failure is not None
    assert exchange.failure.message.endswith("the certificate is for another address")


async def _raw(answer: Answer, **settings: object) -> Exchange:
    """Ask by TLS a server that talks bytes as soon as it is connected."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer(Connection(reader, writer))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        async with client(**settings) as http:
            return await http.send(get(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))
    finally:
        server.close()


@in_loop
async def test_plain_http_on_tls_port() -> None:
    """A port that answers in plain text is told as such."""
    exchange = await _raw(saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TLS
    assert exchange.failure.message.endswith("the port does not speak TLS")


@in_loop
async def test_closed_during_handshake() -> None:
    """A connection that is closed during the handshake is lost, and the phase is told."""

    async def answer(connection: Connection) -> None:
        connection.reset()

    exchange = await _raw(answer)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.RESET
    assert "during the TLS handshake" in exchange.failure.message


@pytest.mark.parametrize("limit", [{"connect_timeout_s": 0.8}, {"timeout_s": 0.8}], ids=["phase", "whole"])
@in_loop
async def test_handshake_hangs(limit: dict[str, float]) -> None:
    """A handshake that hangs ends at the limit, its phase is told, and the socket is closed."""
    closed = asyncio.Event()

    async def answer(connection: Connection) -> None:
        await silent(connection)
        closed.set()

    exchange = await _raw(answer, **limit)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TIMEOUT
    assert "TLS handshake" in exchange.failure.message
    assert exchange.failure.message.endswith("within 0.8 s")
    await closed.wait()


@in_loop
async def test_handshake_refused(tmp_path: Path) -> None:
    """A server that speaks only old TLS refuses the handshake in its own words."""
    context = certificate(PUBLIC)
    context.set_ciphers("AES128-SHA")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with served(context, tmp_path) as (_, http):
        exchange = await http.send(get(f"https://{PUBLIC}/"))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TLS
    assert "handshake was refused" in exchange.failure.message


def test_extra_authority_is_extra(tmp_path: Path) -> None:
    """An extra CA is trusted besides the others, not instead of them."""
    assert trust(bundle(tmp_path)).cert_store_stats()["x509_ca"] == trust().cert_store_stats()["x509_ca"] + 1


def test_certifi_without_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the system has no authorities, certifi's are trusted."""
    (tmp_path / "none.pem").touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    assert trust().cert_store_stats()["x509_ca"] > 50


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), ("nonsense", "holds no usable certificate")])
def test_bad_authority(tmp_path: Path, content: str | None, words: str) -> None:
    """A CA bundle that cannot be used is a configuration error when the client is made."""
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    with pytest.raises(ConfigurationError, match=words):
        client(ca_file=file)
