"""
The addresses under which verdicts are had.

`GET /verdict/SYSTEM/ENVIRONMENT?sha=…` waits for the verdict and answers with it. `POST /gate/…` is open, that is 200,
once the verdict is a pass, and `POST /rollback/…` once it is a fail that a rollback helps against; they never wait.
Whatever else is the case, and whatever goes wrong, is no 2xx.
"""

import hmac
import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from smoke.serve.runs import Asked, Busy, Runs, Verdict
from smoke.verdict.release import is_commit
from smoke.verdict.words import Word

MOST_BYTES = 65_536
"""Of a body; Flagger's has a few hundred."""

LONGEST_CHECKSUM = 128

TOLD = ("environment", "run_id", "verdict", "action", "summary", "advice", "complete", "finished_at", "rollback_helps")
"""What of a verdict is answered; the rest is in the report."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in: whoever knows *token*, to one of *environments*."""

    token: str
    environments: Collection[str]

    async def asked(self, request: Request) -> Asked:
        """Return what *request* asks for; raises HTTPException for what is not allowed, or not understood."""
        body = await _body(request)
        metadata = body.get("metadata") or {}
        if not isinstance(metadata, Mapping):
            raise HTTPException(400, "metadata is no object")
        self._admit(request.headers.get("authorization", ""), metadata.get("token"))
        environment = f"{request.path_params['system']}/{request.path_params['name']}"
        if environment not in self.environments:
            raise HTTPException(404, "no such environment is served here")
        sha = request.query_params.get("sha") or metadata.get("sha") or ""
        checksum = body.get("checksum") or ""
        if sha and not (isinstance(sha, str) and is_commit(sha)):
            raise HTTPException(400, "sha names no commit: it has 7 to 64 hex digits")
        if not isinstance(checksum, str) or len(checksum) > LONGEST_CHECKSUM:
            raise HTTPException(400, "checksum is none")
        return Asked(environment, sha, checksum)

    def _admit(self, header: str, told: object) -> None:
        """Let in who says the token: as a bearer, or, as Flagger has no headers, as `token` of its metadata."""
        scheme, _, given = header.partition(" ")
        said = given.strip() if scheme.lower() == "bearer" else told if isinstance(told, str) else ""
        if not hmac.compare_digest(said.encode(), self.token.encode()):
            raise HTTPException(401, "the token is missing or wrong", {"WWW-Authenticate": "Bearer"})


def application(door: Door, runs: Runs) -> Starlette:
    """Return the application that lets in whom *door* does, and makes *runs* for them."""

    async def healthz(_request: Request) -> JSONResponse:
        return JSONResponse({"ok": True})

    async def verdict(request: Request) -> JSONResponse:
        try:
            return JSONResponse(_told(await runs.verdict(await door.asked(request))))
        except Busy as busy:
            raise HTTPException(409, str(busy)) from None

    async def gate(request: Request) -> JSONResponse:
        asked = await door.asked(request)
        known = runs.known(asked)
        if known is not None and known["verdict"] != Word.INCONCLUSIVE:
            return _answer(known, is_open=known["verdict"] == Word.PASS)
        try:
            runs.begin(asked)  # an undecided verdict holds, and is looked at again
        except Busy as busy:
            raise HTTPException(409, str(busy)) from None
        return _closed("it was undecided and is being verified again" if known else "it is being verified", known)

    async def rollback(request: Request) -> JSONResponse:
        known = runs.known(await door.asked(request))
        if known is None:
            return _closed("nothing is known of it yet", None)
        return _answer(known, is_open=known["verdict"] == Word.FAIL and known.get("rollback_helps") is not False)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await runs.close()

    where = "/{system}/{name}"
    routes = [
        Route("/healthz", healthz),
        Route(f"/verdict{where}", verdict, methods=["GET", "POST"]),
        Route(f"/gate{where}", gate, methods=["POST"]),
        Route(f"/rollback{where}", rollback, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _refused})


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


async def _body(request: Request) -> Mapping[str, Any]:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BYTES:
            raise HTTPException(413, f"the body has more than {MOST_BYTES} bytes")
    try:
        body = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is no JSON") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "the body is no JSON object")
    return body


def _told(verdict: Verdict) -> dict[str, Any]:
    return {key: verdict.get(key) for key in TOLD}


def _answer(verdict: Verdict, *, is_open: bool) -> JSONResponse:
    return JSONResponse({"open": is_open, **_told(verdict)}, 200 if is_open else 403)


def _closed(why: str, last: Verdict | None) -> JSONResponse:
    return JSONResponse({"open": False, "why": why, **(_told(last) if last else {})}, 403)
