"""A replica that is slow at first, as every freshly started process is, and one that its requests wear out."""

import asyncio
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smoke.demo.endurance import Memory

HEALTH_PATHS = frozenset({"/health", "/_health"})


class Replica:
    """Middleware that names the replica in every answer and delays its first ones."""

    def __init__(self, app: ASGIApp, name: str, slow_first_s: float = 0.0, *, each_route: bool = False) -> None:
        self._app = app
        self._name = name
        self._slow_first_s = slow_first_s
        self._each_route = each_route
        self._seen: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._warm_up(scope["path"])

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-replica"] = self._name
            await send(message)

        await self._app(scope, receive, send_named)

    async def _warm_up(self, path: str) -> None:
        if path in HEALTH_PATHS or not self._slow_first_s:
            return
        route = "/".join(path.split("/")[:3]) if self._each_route else "*"
        if route not in self._seen:
            self._seen.add(route)
            await asyncio.sleep(self._slow_first_s)


class Enduring:
    """Middleware that lets requests count for the memory, and some routes take their time."""

    def __init__(self, app: ASGIApp, memory: Memory, slow_routes: Mapping[str, float]) -> None:
        self._app = app
        self._memory = memory
        self._slow_routes = slow_routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; asking for the health costs nothing."""
        if scope["type"] == "http" and scope["path"] not in HEALTH_PATHS:
            self._memory.serve()
            late_s = self._memory.drag_s + self._slow_routes.get(scope["path"], 0.0)
            if late_s:
                await asyncio.sleep(late_s)
        await self._app(scope, receive, send)
