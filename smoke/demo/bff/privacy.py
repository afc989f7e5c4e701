"""Who may keep the answers of the BFF: nobody but the browser that asked, and that one only for the moment."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ACCOUNT = "/account/"


class Private:
    """Middleware that says so in every answer; *shared* is the mistake of saying the opposite about the account."""

    def __init__(self, app: ASGIApp, *, shared: bool = False) -> None:
        self._app = app
        self._shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        mistaken = self._shared and scope["path"].startswith(ACCOUNT)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                value = "public, max-age=600" if mistaken else "private, no-store"
                MutableHeaders(scope=message).setdefault("cache-control", value)
            await send(message)

        await self._app(scope, receive, send_marked)
