"""Feature flags, and a feature that stands behind one."""

from hashlib import sha256
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.auth import customer_of
from smoke.demo.bff.context import Context, context_of
from smoke.demo.bff.sessions import COOKIE
from smoke.demo.release import USAGE


async def flags(request: Request) -> JSONResponse:
    """GET /flags: which features this session sees."""
    customer_of(request)
    context, session = context_of(request), request.cookies.get(COOKIE, "")
    return JSONResponse({"flags": {name: _value(context, name, session) for name in context.settings.flags}})


async def usage(request: Request) -> JSONResponse:
    """GET /account/usage: for sessions with the flag; for the others there is no such route."""
    context, customer = context_of(request), customer_of(request)
    enabled = _value(context, USAGE, request.cookies.get(COOKIE, ""))
    if USAGE in context.settings.flags and enabled is None:
        raise TypeError("Cannot read properties of null (reading 'enabled')")
    if not enabled:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    rows = await context.database.rows("SELECT count(*) AS lines FROM subscription WHERE customer_id = %s", customer)
    return JSONResponse({"period": "2026-11", "lines": rows[0]["lines"], "gigabytes": 41.7})


def _value(context: Context, name: str, session: str) -> bool | None:
    """Tell whether *session* sees a feature: always the same share of all sessions, and always the same ones."""
    share = context.settings.flags.get(name)
    if share is None:
        return None
    return int.from_bytes(sha256(f"{name}:{session}".encode()).digest()[:4], "big") / 2**32 < share
