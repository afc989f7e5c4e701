"""The deployed portal, as those see it who judge it from outside."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx

from smoke.demo import addresses
from smoke.demo.scene import CLOCK
from smoke.verdict.words import Word

API = f"https://{addresses.API}"
WEB = f"https://{addresses.WEB}"

AFTER_THE_DEPLOY_S = 30.0
"""How long careful pipelines wait in the field before they look once."""

ANOTHER_MACHINE = "127.0.0.2"
"""Where policies connect from: for the stack another client than the verifier, as they would be in the field."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a policy says, and why."""

    verdict: Word
    message: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the running stack left its addresses, CA and accounts, and the commit that was announced."""

    state: Path
    commit: str

    def file(self, name: str) -> str:
        """Return one of the stack's files."""
        return (self.state / "demo" / name).read_text(encoding="utf-8").strip()

    def client(self, timeout_s: float = 10.0) -> httpx.AsyncClient:
        """Return a client that makes a connection for each request, trusts the stack's CA and obeys connect-to."""
        context = ssl.create_default_context(cafile=str(self.state / "demo" / "ca.pem"))
        return httpx.AsyncClient(transport=ConnectTo(self.file("connect-to"), context), timeout=timeout_s)


class ConnectTo(httpx.AsyncBaseTransport):
    """Sends requests where the *rules* of `--connect-to` say; TLS name and Host header stay."""

    def __init__(self, rules: str, context: ssl.SSLContext) -> None:
        split = (line.split(":") for line in rules.splitlines())
        self._rules = {host: (to, int(to_port)) for host, _, to, to_port in split}
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=context, limits=limits, local_address=ANOTHER_MACHINE)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request*."""
        host = request.url.host
        to, port = self._rules[host]
        return await self._inner.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host=to, port=port),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


async def wait(field_s: float) -> None:
    """Wait as long as *field_s* seconds of the field take on the stack's clock."""
    await asyncio.sleep(field_s / CLOCK)
