"""Applications served by uvicorn inside the stack's one event loop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"


class _Server(uvicorn.Server):
    """A server among several in one loop: signals are the stack's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Serving:
    """One application on a free loopback port, with TLS if *certificate* is given."""

    def __init__(self, app: ASGIApp, certificate: Path | None = None) -> None:
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whether the proxy is trusted is the application's decision
            timeout_graceful_shutdown=1,
            ssl_certfile=str(certificate) if certificate else None,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> int:
        """Serve from now on; returns the port."""
        listener = socket.create_server((LOOPBACK, 0), backlog=512)
        self.port = int(listener.getsockname()[1])
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 - uvicorn tells it by a flag alone
            await asyncio.sleep(0.002)
        if self._task.done():
            self._task.result()
        return self.port

    async def stop(self, *, abruptly: bool = False) -> None:
        """Stop serving; *abruptly* drops the requests that are under way."""
        self._server.force_exit = abruptly
        self._server.should_exit = True
        if self._task is not None:
            await self._task
            self._task = None
