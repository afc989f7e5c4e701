"""One request over one connection, filled in as the answer comes."""

from dataclasses import dataclass, field, replace

import anyio

from smoke.http._httpx import httpx
from smoke.http.body import Body
from smoke.http.certificates import accepted
from smoke.http.connection import Connection
from smoke.http.exchange import Exchange, Failure, FailureKind
from smoke.http.failures import CAUGHT, classify, timed_out
from smoke.http.redirects import leads_on
from smoke.http.routing import Route

_STATUSES = range(100, 600)


@dataclass(slots=True)
class Hop:
    """
    A request on its way to one address, within one limit.

    *answer* is what came so far; *complete* tells that all came, so that the connection may be used again, and *stale*
    that a connection which had been kept was lost before any answer. *limits_s* are the limits for connecting and for
    the whole exchange, in seconds, as messages name them.
    """

    sent: httpx.Request
    route: Route
    limits_s: tuple[float, float]
    body_limit: int
    answer: Exchange
    complete: bool = field(default=False, init=False)
    stale: bool = field(default=False, init=False)

    async def run(self, connection: Connection, deadline: float) -> None:
        """Send the request over *connection* and take the answer, until *deadline*; raise nothing for what comes."""
        self.answer = replace(self.answer, failure=None)
        opened = connection.progress.begin()
        with connection.standstill.until(deadline) as scope:
            try:
                await self._converse(connection)
            except CAUGHT as error:
                self._fail(classify(error, connection.progress, self.route, self.limits_s))
        if scope.cancelled_caught:
            self._fail(timed_out(connection.progress, self.route, self.limits_s))
        self.answer = replace(self.answer, local=connection.progress.local)
        lost = self.answer.failure is not None and self.answer.failure.kind is FailureKind.RESET
        self.stale = lost and connection.progress.opened == opened and not connection.progress.received

    async def _converse(self, connection: Connection) -> None:
        response = await connection.handle_async_request(self.sent)
        try:
            pairs = tuple((_text(name).lower(), _text(value)) for name, value in response.headers.raw)
            self.answer = replace(self.answer, status=response.status_code, header_list=pairs)
            if self.answer.request.show_certificate:
                self.answer = replace(self.answer, certificate=accepted(response))
            if response.status_code not in _STATUSES:
                self._fail(
                    Failure(
                        FailureKind.PROTOCOL,
                        f"{self.route} answered with the status {response.status_code}, which HTTP does not know",
                    )
                )
            elif not leads_on(self.answer):
                await self._read(response)
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()

    async def _read(self, response: httpx.Response) -> None:
        body = Body(self.answer.headers.get("content-encoding", ""), self.body_limit)
        wanted = True
        try:
            async for chunk in response.aiter_raw():
                wanted = body.feed(chunk)
                if not wanted:
                    break
            if wanted:
                body.finish()
                self.complete = True
        finally:
            self.answer = replace(self.answer, body=body.content, truncated=body.truncated)

    def _fail(self, failure: Failure) -> None:
        self.answer = replace(self.answer, failure=failure)


def _text(raw: bytes) -> str:
    """Header bytes are UTF-8 in practice and Latin-1 by the letter (RFC 9110, 5.5)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
