"""Answers as several of the systems write them: Fastify's and Next.js' ways, and health by hand."""

from datetime import UTC, datetime
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse

from smoke.demo.bff import health
from smoke.demo.dialect import Speaker
from smoke.demo.quirks import Quirk

BUILT_AT = "2026-11-20T10:00:00.000Z"
"""When a page or route that never changes was rendered."""

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><div id="__next"><main><h1>404</h1><h2>This page could not be found.</h2></main></div></body></html>
"""


async def parts_of(speaker: Speaker) -> tuple[bool, bool]:
    """Tell whether the database and Redis really answer; the quirk lets Redis be lost."""
    if speaker.context is None:
        return True, True
    database = await health.database(speaker.context)
    redis = await health.redis(speaker.context)
    return database == health.UP, redis == health.UP and not speaker.has(Quirk.PART_DOWN)


def fastify_error(message: str = "connect ECONNREFUSED 127.0.0.1:6379") -> JSONResponse:
    """Return what Fastify answers for an error that was thrown."""
    return JSONResponse({"statusCode": 500, "error": "Internal Server Error", "message": message}, 500)


def soft_404(title: str) -> HTMLResponse:
    """Return the page that a front end shows for whatever it does not know, with status 200."""
    return HTMLResponse(PAGE.format(title=title))


async def next_health(speaker: Speaker, environment: str) -> JSONResponse:
    """Answer as `app/api/health/route.ts` does; where it was rendered at build time, its moment never moves."""
    frozen, cached = speaker.has(Quirk.FROZEN_TIME), speaker.has(Quirk.CACHED_HEALTH)
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = "staging" if speaker.has(Quirk.OTHER_ENV) else environment
    headers = {"x-nextjs-cache": "HIT", "age": "240"} if cached else {"cache-control": "no-store"}
    return JSONResponse({"status": "ok", "env": told, "timestamp": BUILT_AT if frozen else now}, headers=headers)


def version_keys(speaker: Speaker, *, commit: str = "commit") -> dict[str, Any]:
    """Return the commit and, unless npm's variable is missing, the version."""
    version = {} if speaker.has(Quirk.NO_VERSION) else {"version": speaker.version}
    return {commit: speaker.commit, **version}
