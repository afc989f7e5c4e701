"""The API for partners, who prove themselves with a key instead of a session."""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.context import Context, context_of
from smoke.demo.bff.errors import refused
from smoke.demo.release import Bug

HEADER = "x-api-key"


async def orders(request: Request) -> JSONResponse:
    """GET /partner/orders: how many subscriptions of each product are active."""
    context = context_of(request)
    if not _known(context, request.headers.get(HEADER, "")):
        raise refused("Invalid API key")
    rows = await context.database.rows(
        "SELECT p.sku, count(*) AS active FROM subscription s JOIN product p ON p.id = s.product_id"
        " WHERE s.status = 'active' GROUP BY p.sku ORDER BY p.sku"
    )
    return JSONResponse({"items": list(rows), "total": len(rows)})


def _known(context: Context, key: str) -> bool:
    """While keys are rotated, the previous one goes on being accepted beside the newest."""
    keys = context.settings.api_keys
    accepted = keys[-1:] if Bug.FORGETS_OLD_KEYS in context.image.bugs else keys
    return any(secrets.compare_digest(key.encode(), one.encode()) for one in accepted)
