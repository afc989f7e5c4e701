"""Logging in and out."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from smoke.demo.bff import limiting
from smoke.demo.bff.context import context_of
from smoke.demo.bff.errors import refused
from smoke.demo.bff.sessions import COOKIE, LIFETIME_S
from smoke.demo.passwords import matches
from smoke.demo.release import Bug


async def login(request: Request) -> JSONResponse:
    """POST /auth/login: the right password opens a session."""
    context = context_of(request)
    asked = await json_body(request)
    email, password = asked.get("email"), asked.get("password")
    if not isinstance(email, str) or not isinstance(password, str):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "email and password must be strings")
    counted = await limiting.count(request, email)
    rows = await context.database.rows("SELECT * FROM customer WHERE email = %s", email)
    if not rows or not await asyncio.to_thread(matches, password, rows[0]["password_hash"]):
        raise refused("Invalid email or password", counted)
    if rows[0]["password_expired_at"] is not None:
        raise refused("Password expired", counted)
    answer = JSONResponse({"user": _public(rows[0])}, headers=counted)
    token = context.sessions.issue(rows[0]["id"])
    if Bug.STORES_NO_COOKIE not in context.image.bugs:
        answer.set_cookie(COOKIE, token, max_age=LIFETIME_S, secure=_secure(request), httponly=True, samesite="lax")
    return answer


async def logout(request: Request) -> Response:
    """POST /auth/logout: forget the session."""
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, secure=_secure(request), httponly=True, samesite="lax")
    return answer


async def me(request: Request) -> JSONResponse:
    """GET /auth/me: who is logged in."""
    customer = customer_of(request)
    rows = await context_of(request).database.rows("SELECT * FROM customer WHERE id = %s", customer)
    if not rows:
        raise refused()
    return JSONResponse(_public(rows[0]))


def customer_of(request: Request) -> int:
    """Return the customer who is logged in; raises a 401 for the anonymous, unless the build left the route open."""
    context = context_of(request)
    customer = context.sessions.customer(request.cookies.get(COOKIE))
    if customer is None and request.url.path in context.image.open_routes:
        return 1  # without the guard the handler falls back to the first tenant account
    if customer is None:
        raise refused()
    return customer


async def json_body(request: Request) -> dict[str, Any]:
    """Return the JSON object of the request's body; raises a 400 when it is none."""
    try:
        content = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the body is not JSON") from error
    if not isinstance(content, dict):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the body must be an object")
    return content


def _secure(request: Request) -> bool:
    """Tell whether cookies are for TLS alone: everywhere but on a developer's machine."""
    return context_of(request).settings.api_origin.startswith("https://")


def _public(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("id", "email", "name", "company")}
