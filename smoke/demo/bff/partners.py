"""The API for partners, who prove themselves with a key instead of a session; in some systems all clients have one."""

import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from smoke.demo.bff.context import context_of
from smoke.demo.bff.errors import refused
from smoke.demo.release import Bug, Image, Settings

HEADER = "x-api-key"


async def orders(request: Request) -> JSONResponse:
    """GET /partner/orders: how many subscriptions of each product are active."""
    context = context_of(request)
    if not is_known(context.settings, context.image, request.headers.get(HEADER, "")):
        raise refused("Invalid API key")
    rows = await context.database.rows(
        "SELECT p.sku, count(*) AS active FROM subscription s JOIN product p ON p.id = s.product_id"
        " WHERE s.status = 'active' GROUP BY p.sku ORDER BY p.sku"
    )
    return JSONResponse({"items": list(rows), "total": len(rows)})


def is_known(settings: Settings, image: Image, key: str) -> bool:
    """Tell whether *key* is accepted: while keys are rotated, the previous one is beside the newest."""
    accepted = settings.api_keys[-1:] if Bug.FORGETS_OLD_KEYS in image.bugs else settings.api_keys
    return any(secrets.compare_digest(key.encode(), one.encode()) for one in accepted)


class KeyWanted(BaseRoute):
    """
    A route before all others that takes whatever comes without a key, and refuses it.

    *is_open* tells which requests need none.
    """

    def __init__(self, settings: Settings, image: Image, is_open: Callable[[Request], bool]) -> None:
        self._settings = settings
        self._image = image
        self._is_open = is_open

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take the request unless it is let in."""
        if scope["type"] != "http":
            return Match.NONE, {}
        request = Request(scope)
        let_in = self._is_open(request) or is_known(self._settings, self._image, request.headers.get(HEADER, ""))
        return (Match.NONE if let_in else Match.FULL), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse it."""
        _ = scope, receive, send
        raise refused("Invalid API key")
