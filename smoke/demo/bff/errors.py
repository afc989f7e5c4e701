"""Errors in NestJS's dialect."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.context import context_of
from smoke.demo.release import Bug

TRACE = """    at callback (/app/node_modules/@nestjs/core/router/routes-resolver.js:77:19)
    at /app/node_modules/@nestjs/core/router/router-proxy.js:9:23
    at Layer.handleRequest (/app/node_modules/router/lib/layer.js:152:17)"""


def refused(message: str = "Unauthorized", headers: Mapping[str, str] | None = None) -> HTTPException:
    """Return a 401 that says *message*."""
    return HTTPException(HTTPStatus.UNAUTHORIZED, message, headers)


async def on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Answer as Nest's exception filter does: message, error and statusCode."""
    if not isinstance(error, HTTPException):
        return await on_crash(request, error)
    name = HTTPStatus(error.status_code).phrase
    message = error.detail
    if error.status_code == HTTPStatus.NOT_FOUND and message == name:
        message = f"Cannot {request.method} {request.url.path}"
    content: dict[str, object] = {"message": message, "statusCode": error.status_code}
    if message != name:
        content["error"] = name
    if Bug.SHOWS_TRACES in context_of(request).image.bugs:
        content["stack"] = f"{name.replace(' ', '')}Exception: {message}\n{TRACE}"
    return JSONResponse(content, error.status_code, error.headers)


async def on_crash(_request: Request, _error: Exception) -> JSONResponse:
    """Answer as Nest does when a handler throws anything else."""
    return JSONResponse({"statusCode": 500, "message": "Internal server error"}, 500)
