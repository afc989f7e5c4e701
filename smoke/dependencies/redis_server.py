"""
Read from a Redis or Valkey server: a few commands that change nothing, each bounded.

Messages never hold the address, nor the driver's own words about it, which may carry the password.
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from smoke.dependencies.postgres import NotRead
from smoke.errors import WriteRefused
from smoke.verdict.words import Cause

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

NAME = "smokegate"
"""How the verifier calls its own connection: a person recognises it, and it shows whether the server keeps names."""

READS = frozenset(
    {
        *("CLIENT LIST", f"CLIENT SETNAME {NAME}", "EXISTS", "HMGET", "INFO memory"),
        *("LLEN", "LRANGE", "TIME", "XREVRANGE", "ZCARD", "ZCOUNT", "ZRANGE"),
    }
)
"""All that is ever sent, beside the login: no KEYS, no SCAN, no script, since scripts may write."""

PARAMETERS = frozenset({"db", "password", "ssl_ca_certs", "ssl_cert_reqs", "ssl_check_hostname"})
"""Parameters of an address that the driver knows; those of other clients, such as `family` of ioredis, are dropped."""

REFUSALS = {
    "NOPERM": NotRead(
        "the verifier's Redis user may not read the queue; allow it @read on the keys", Cause.CREDENTIALS
    ),
    "MOVED": NotRead("the queue lies on another node of a Redis Cluster; give that node's address", Cause.SUITE),
    "WRONGTYPE": NotRead("the keys hold something else than such a queue; check kind, prefix and queue", Cause.SUITE),
}
"""The first word of an error that a server answers, which is its code, and what it means."""

Command = tuple[str | int | float, ...]


class Reader:
    """Sends commands that read, many at once."""

    def __init__(self, client: "Redis") -> None:
        self._client = client

    async def ask(self, *commands: Command) -> list[Any]:
        """Return one answer for each command; where the server refuses one, its error. Raises RedisError."""
        pipe: Any = self._client.pipeline(transaction=False)
        for command in commands:
            if not {str(command[0]), " ".join(map(str, command))} & READS:
                raise WriteRefused(f"{command[0]} may change something, so it is never sent to a queue's server")
            pipe.execute_command(*command)
        answers: list[Any] = await pipe.execute(raise_on_error=False) if commands else []
        return answers

    async def demand(self, *commands: Command) -> list[Any]:
        """Return one answer for each command; raises RedisError if the server refuses one."""
        answers = await self.ask(*commands)
        refused = next((one for one in answers if isinstance(one, Exception)), None)
        if refused is not None:
            raise refused
        return answers


@asynccontextmanager
async def reading(url: str, timeout_s: float) -> AsyncIterator[Reader]:
    """Connect for one look, without retries; raises ValueError for what is no address of such a server."""
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    client = Redis.from_url(
        _for_the_driver(url),
        protocol=2,  # what every server and every managed service speaks
        driver_info=None,  # nothing is told to the server that it might refuse
        retry=Retry(NoBackoff(), 0),
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        decode_responses=True,
        encoding_errors="replace",
    )
    try:
        yield Reader(client)
    finally:
        await client.aclose()


def not_read(error: "RedisError") -> NotRead:
    """Say why the server could not be read, and who can help."""
    from redis import exceptions

    said = str(error)
    code = getattr(error, "status_code", None) or said.partition(" ")[0]
    if isinstance(error, exceptions.AuthenticationError) or code in {"NOAUTH", "WRONGPASS"}:
        return NotRead("the Redis server refuses the verifier's credential", Cause.CREDENTIALS)
    if isinstance(error, exceptions.BusyLoadingError) or "max number of clients" in said:
        return NotRead(f"the Redis server serves nobody for now: {said[:120]}", Cause.DEPENDENCY)
    if isinstance(error, exceptions.ConnectionError | exceptions.TimeoutError):
        return _not_connected(error)
    if not isinstance(error, exceptions.ResponseError):
        return NotRead("what answers at that address is no Redis server", Cause.SUITE)
    return REFUSALS.get(code) or NotRead(f"the Redis server answered {said[:120]!r}", Cause.SUITE)


def _not_connected(error: "RedisError") -> NotRead:
    roots = list(_roots(error))
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in roots):
        return NotRead("the Redis server's certificate is not accepted; name its CA with ?ssl_ca_certs=", Cause.SUITE)
    if any(isinstance(one, ssl.SSLError) for one in roots):
        return NotRead("the Redis server speaks no TLS there; use redis:// for it, or its TLS port", Cause.SUITE)
    if any(isinstance(one, ConnectionRefusedError) for one in roots):
        return NotRead("the Redis server cannot be reached from here: connection refused", Cause.RUNNER)
    if "closed by server" in str(error).lower():
        return NotRead("the Redis server closed the connection; it may want TLS (rediss://)", Cause.RUNNER)
    return NotRead("the Redis server cannot be reached from here", Cause.RUNNER)


def _roots(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _for_the_driver(url: str) -> str:
    """Return *url* with only such parameters as the driver knows."""
    bare = url.partition("?")[0]
    kept = [pair for pair in parse_qsl(urlsplit(url).query, keep_blank_values=True) if pair[0] in PARAMETERS]
    return f"{bare}?{urlencode(kept)}" if kept else bare
