"""The last net of the BFF: what no handler foresaw is a 500 in Nest's words, and a line for the operator."""

import logging

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smoke.demo.bff.errors import on_crash

_log = logging.getLogger("smoke.demo.bff")


class Unguessed:
    """Middleware inside CORS, so that pages may read the error as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever the handler does."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:  # the last net: whatever no handler foresaw
            _log.info("%s %s: %s", scope.get("method"), scope.get("path"), error)
            if started:
                raise
            answer = await on_crash(Request(scope), error)
            await answer(scope, receive, send)
