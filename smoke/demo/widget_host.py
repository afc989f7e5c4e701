"""The host of a chat widget whose script pages may load: at its best it takes a minute to answer."""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

SCRIPT = "/loader.js"
HANGS_S = 60.0
"""On the clock of who waits: nobody needs it, so nobody has to."""


async def _loader(_request: Request) -> Response:
    await asyncio.sleep(HANGS_S)
    return Response("// too late\n", media_type="text/javascript")


def widget_host() -> ASGIApp:
    """Return the application."""
    return Starlette(routes=[Route(SCRIPT, _loader)])
