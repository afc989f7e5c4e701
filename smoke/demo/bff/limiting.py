"""The limit for attempts to log in, kept in Valkey for all replicas, in the manner of NestJS's throttler."""

import math
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from smoke.demo.bff.context import context_of
from smoke.demo.release import LoginLimit


async def count(request: Request, account: str) -> dict[str, str]:
    """Count one attempt and return the headers that tell how many are left; raises a 429 when none was left."""
    context = context_of(request)
    limit = context.settings.login_limit
    key = f"throttle:login:{account if limit.by_account else _client(request, limit)}"
    await context.redis.set(key, 0, nx=True, px=max(1, round(limit.window_s * 1000)))
    used, left_ms = int(await context.redis.incr(key)), int(await context.redis.pttl(key))
    seconds = str(max(1, math.ceil(left_ms / 1000)))
    headers = {
        "x-ratelimit-limit": str(limit.most),
        "x-ratelimit-remaining": str(max(0, limit.most - used)),
        "x-ratelimit-reset": seconds,
    }
    if used > limit.most:
        message = "ThrottlerException: Too Many Requests"
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, message, {**headers, "retry-after": seconds})
    return headers


def _client(request: Request, limit: LoginLimit) -> str:
    """Return the address that the attempt comes from: what the proxy says, if it is trusted, else the proxy's own."""
    forwarded = request.headers.get("x-forwarded-for", "")
    if limit.trusts_proxy and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return request.client.host if request.client else "unknown"
