"""A neutral host that has nothing to do with the portal: it tells the runner's network from the target's."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp


async def _page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("All systems operational\n")


def control_host() -> ASGIApp:
    """Return the application."""
    return Starlette(routes=[Route("/", _page)])
