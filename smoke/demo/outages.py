"""How a third party fails, for every caller or for one of them."""

import asyncio
from collections.abc import Callable
from enum import Enum
from http import HTTPStatus

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

HANGS_S = 60.0


class Outage(Enum):
    """How a third party fails for every caller."""

    UNAVAILABLE = "answers 503"
    REFUSED = "takes no connection"
    HANGS = "takes requests and lets them wait for a minute"
    FORBIDDEN = "answers 403 to everybody"
    PAGE = "answers with a page in place of its API"

    @property
    def public(self) -> bool:
        """Whether the vendor's status page tells of it: not of what it did to its customers by a rule."""
        return self is not Outage.FORBIDDEN


class Unreliable:
    """Answers for *app* while there is an outage; *unavailable* is the answer of its API to who comes too early."""

    def __init__(self, app: ASGIApp, outage: Callable[[], Outage | None], unavailable: JSONResponse) -> None:
        self._app = app
        self._outage = outage
        self._unavailable = unavailable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, if at all."""
        outage = self._outage()
        if outage is Outage.HANGS:
            await asyncio.sleep(HANGS_S)
        answers: dict[Outage | None, Response] = {
            Outage.UNAVAILABLE: self._unavailable,
            Outage.FORBIDDEN: PlainTextResponse("Forbidden\n", HTTPStatus.FORBIDDEN),
            Outage.PAGE: HTMLResponse("<html><body><h1>Scheduled maintenance</h1></body></html>\n"),
        }
        await answers.get(outage, self._app)(scope, receive, send)
