"""What a build or a setting does to whole answers, whatever the route: keep, cut short, say otherwise."""

import json
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smoke.demo.bff.sessions import COOKIE, Sessions

ACCOUNT = "/account/"
OK = 200


async def answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """Return the start and the whole body of what *app* answers."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


async def send_whole(send: Send, start: Message, body: bytes) -> None:
    """Send an answer whose body may have another length than it had."""
    MutableHeaders(scope=start)["content-length"] = str(len(body))
    await send(start)
    await send({"type": "http.response.body", "body": body})


class Memoised:
    """Middleware that keeps what is read of the account under its address alone, for whoever logs in next."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions
        self._kept: dict[str, tuple[Message, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the anonymous are refused as ever."""
        path = scope.get("path", "")
        if not path.startswith(ACCOUNT) or self._sessions.customer(Request(scope).cookies.get(COOKIE)) is None:
            await self._app(scope, receive, send)
            return
        start, body = self._kept.get(path) or await answer_of(self._app, scope, receive)
        if start["status"] == OK:
            self._kept[path] = (start, body)
        await send_whole(send, start, body)


class CutShort:
    """Middleware that sends no more than *most* bytes of an answer, as a full buffer of a proxy does."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, body = await answer_of(self._app, scope, receive)
        await send_whole(send, start, body[: self._most])


class SaidOtherwise:
    """Middleware that gives every JSON object one more field, and its fields in another order."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, body = await answer_of(self._app, scope, receive)
        if MutableHeaders(scope=start).get("content-type") == "application/json":
            body = json.dumps(_otherwise(json.loads(body)), indent=1).encode()
        await send_whole(send, start, body)


def _otherwise(content: Any) -> Any:
    if isinstance(content, list):
        return [_otherwise(one) for one in content]
    if isinstance(content, dict):
        turned = {key: _otherwise(value) for key, value in reversed(content.items())}
        return {"apiVersion": 2, **turned}
    return content
