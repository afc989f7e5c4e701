"""How this replica, its queue and its third parties are."""

import asyncio
import time
from typing import Any

from psycopg import Error
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.billing import BillingRefused
from smoke.demo.bff.context import Context, context_of
from smoke.demo.bff.crm import CrmRefused
from smoke.demo.release import Bug

UP: dict[str, Any] = {"status": "up"}
PARTS = ("database", "redis")
UNCACHED = {"cache-control": "no-cache, no-store, must-revalidate"}


async def health(request: Request) -> JSONResponse:
    """GET /health in the manner of NestJS Terminus, with the commit and the uptime."""
    context = context_of(request)
    details = dict(zip(PARTS, await asyncio.gather(database(context), redis(context)), strict=True))
    if Bug.HEALTH_ASKS_NOBODY in context.image.bugs:
        details = dict.fromkeys(details, UP)
    well = all(part == UP for part in details.values()) or Bug.HEALTH_IS_A_CONSTANT in context.image.bugs
    content = {
        "status": "ok" if well else "error",
        "info": {name: part for name, part in details.items() if part == UP},
        "error": {name: part for name, part in details.items() if part != UP},
        "details": details,
        "version": context.image.commit,
        "release": context.image.version,
        "uptime": round(context.uptime_s, 3),
        "memory": {"rss": context.memory.rss},
    }
    return JSONResponse(content, 200 if well else 503, UNCACHED)


async def ready(request: Request) -> JSONResponse:
    """GET /health/ready: all that this replica needs, third parties included, optional or not."""
    context = context_of(request)
    if Bug.HEALTH_ASKS_NOBODY in context.image.bugs:
        parties = dict.fromkeys((*PARTS, "salesforce", "whmcs"), UP)
    else:
        *own, others = await asyncio.gather(
            database(context), redis(context), context.parties.ask(lambda: _third_parties(context))
        )
        parties = {**dict(zip(PARTS, own, strict=True)), **others}
    well = all(part == UP for part in parties.values()) or Bug.HEALTH_IS_A_CONSTANT in context.image.bugs
    content = {"status": "ok" if well else "error", "details": parties}
    return JSONResponse(content, 200 if well else 503, UNCACHED)


async def dependencies(request: Request) -> JSONResponse:
    """GET /auth/health-check: how Salesforce and WHMCS answer to this replica's own credentials."""
    return JSONResponse({"services": await _third_parties(context_of(request))}, headers=UNCACHED)


async def queues(request: Request) -> JSONResponse:
    """GET /health/queues: counts and the age of the oldest waiting job; `since` adds the failures from then on."""
    try:
        since = int(request.query_params["since"]) if "since" in request.query_params else None
    except ValueError as error:
        raise HTTPException(400, "since must be epoch milliseconds") from error
    counts = await _counts(context_of(request), since)
    return JSONResponse({"status": "ok", "queues": {"exports": counts}}, headers=UNCACHED)


async def database(context: Context) -> dict[str, Any]:
    """Return how the database answers to this replica."""
    try:
        async with asyncio.timeout(1.0):
            await context.vitals.rows("SELECT 1")
    except (Error, OSError, TimeoutError) as error:
        return {"status": "down", "message": str(error) or "timeout of 1000ms exceeded"}
    return UP


async def redis(context: Context) -> dict[str, Any]:
    """Return how Redis answers to this replica."""
    try:
        async with asyncio.timeout(1.0):
            await context.redis.ping()
    except (RedisError, OSError, TimeoutError) as error:
        return {"status": "down", "message": str(error) or "timeout of 1000ms exceeded"}
    return UP


async def _third_parties(context: Context) -> dict[str, Any]:
    salesforce, whmcs = await asyncio.gather(_salesforce(context), _whmcs(context))
    return {"salesforce": salesforce, "whmcs": whmcs}


async def _salesforce(context: Context) -> dict[str, Any]:
    try:
        await context.crm.query("SELECT InstanceName,IsSandbox FROM Organization")
    except CrmRefused as error:
        return {"status": "down", "message": str(error)}
    return UP


async def _whmcs(context: Context) -> dict[str, Any]:
    try:
        await context.billing.ask("WhmcsDetails")
    except BillingRefused as error:
        return {"status": "down", "message": str(error)}
    return UP


async def _counts(context: Context, since: int | None) -> dict[str, Any]:
    """Read BullMQ's keys directly: the library's own counting may write."""
    key = context.exports.toKey
    pipe: Any = context.redis.pipeline(transaction=False)
    pipe.llen(key("wait"))
    pipe.llen(key("active"))
    for part in ("completed", "failed", "delayed"):
        pipe.zcard(key(part))
    pipe.hexists(key("meta"), "paused")
    pipe.lindex(key("wait"), -1)
    pipe.zcount(key("failed"), since or 0, "+inf")
    waiting, active, completed, failed, delayed, paused, oldest, recent = await pipe.execute()
    counts: dict[str, Any] = {
        "waiting": waiting,
        "active": active,
        "completed": completed,
        "failed": failed,
        "delayed": delayed,
        "paused": bool(paused),
        "oldestWaitingSeconds": await _age_s(context, oldest),
    }
    return counts if since is None else {**counts, "failedSince": recent}


async def _age_s(context: Context, job: str | None) -> float:
    added = await context.redis.hget(context.exports.toKey(job), "timestamp") if job else None
    return round(max(0.0, time.time() - int(added) / 1000), 3) if added else 0.0
