"""The profile of an account: gathered once, then kept in Valkey for a while."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.auth import customer_of
from smoke.demo.bff.context import Context, context_of
from smoke.demo.bff.errors import refused
from smoke.demo.release import Bug

KEPT_S = 600


async def profile(request: Request) -> JSONResponse:
    """GET /account/profile."""
    context, customer = context_of(request), customer_of(request)
    found = await context.database.rows("SELECT company FROM customer WHERE id = %s", customer)
    if not found:
        raise refused()
    content = await _kept(context, customer)
    return JSONResponse({"company": found[0]["company"], **content})


async def _kept(context: Context, customer: int) -> dict[str, Any]:
    """Return what Valkey keeps of the account; who expects another shape cannot read what an older build left."""
    key = f"portal:profile:{customer}"
    text = await context.redis.get(key)
    content = json.loads(text) if text else None
    if content is None:
        content = await _gathered(context, customer)
        await context.redis.set(key, json.dumps(content), ex=KEPT_S)
    if Bug.EXPECTS_ANOTHER_CACHED_SHAPE not in context.image.bugs:
        return {"subscriptions": content["subscriptions"], "monthly": content["monthly"]}
    return {"subscriptions": content["contracts"]["count"], "monthly": content["contracts"]["monthly"]}


async def _gathered(context: Context, customer: int) -> dict[str, Any]:
    rows = await context.database.rows(
        "SELECT count(*) AS lines, coalesce(sum(p.monthly), 0) AS monthly"
        " FROM subscription s JOIN product p ON p.id = s.product_id WHERE s.customer_id = %s",
        customer,
    )
    lines, monthly = rows[0]["lines"], str(rows[0]["monthly"])
    if Bug.EXPECTS_ANOTHER_CACHED_SHAPE in context.image.bugs:
        return {"contracts": {"count": lines, "monthly": monthly}}
    return {"subscriptions": lines, "monthly": monthly}
