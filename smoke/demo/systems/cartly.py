"""
Cartly: web (Fastify, with the pages and /api/health of Next.js) and a worker.

`/health/ready` says what the drivers return: the row of an unnamed SELECT 1, and "PONG". Where a part is down the
awaited call throws, and Fastify answers a plain 500.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo import addresses
from smoke.demo.bff import account
from smoke.demo.dialect import Dialect, Door, Speaker
from smoke.demo.quirks import Quirk
from smoke.demo.scene import Scene
from smoke.demo.systems import _traps
from smoke.demo.systems._answers import fastify_error, next_health, parts_of, soft_404, version_keys
from smoke.verdict.words import Word

TITLE = "Cartly"
WATCHERS = ("us.sentry.io", "prometheus.cartly.io", "slack.com")
TOKENS = ("CARTLY_SENTRY_TOKEN", "CARTLY_PROMETHEUS_TOKEN", "CARTLY_SLACK_READER_TOKEN", "RAILWAY_TOKEN")
WEB, WORKER = "web", "worker"
SELECT_ONE = [{"?column?": 1}]


def _web(speaker: Speaker) -> Sequence[Route]:
    async def health(_request: Request) -> Response:
        if speaker.has(Quirk.PAGE_FOR_HEALTH):
            return soft_404(TITLE)
        database, redis = await parts_of(speaker)
        unwell = speaker.has(Quirk.UNWELL)
        migrations = database and not (unwell or speaker.has(Quirk.MIGRATIONS_UNWELL))
        parts = {"database": database, "redis": redis and not unwell, "migrations": migrations}
        checks = {name: _word(well=well) for name, well in parts.items()}
        well = database and redis
        told = {"status": _word(well=well and not unwell), **version_keys(speaker), "uptime": speaker.uptime_s}
        return JSONResponse({**told, "checks": checks}, 200 if well else 503, {"cache-control": "no-store"})

    async def live(_request: Request) -> Response:
        return fastify_error("stuck") if speaker.has(Quirk.LIVENESS_LOST) else JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        database, redis = await parts_of(speaker)
        if speaker.has(Quirk.NOT_READY) or speaker.has(Quirk.UNWELL) or not (database and redis):
            return fastify_error()
        raw = {"database": SELECT_ONE, "redis": "PONG"}
        checks = dict.fromkeys(raw, "ok") if speaker.has(Quirk.READY_IN_WORDS) else raw
        return JSONResponse({"status": "ok", "checks": checks})

    return [
        Route("/health", health),
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/orders", account.invoices),
    ]


def _worker(speaker: Speaker) -> Sequence[Route]:
    async def health(_request: Request) -> Response:
        well = not speaker.has(Quirk.WORKER_DOWN)
        told = _word(well=well and not speaker.has(Quirk.WORKER_UNWELL))
        content = {"status": told, **version_keys(speaker), "uptime": speaker.uptime_s}
        return JSONResponse(content, 200 if well else 503)

    return [Route("/health", health)]


def _word(*, well: bool) -> str:
    return "ok" if well else "error"


def _settle(scene: Scene) -> None:
    """Announce no feature: what the portal's release brings is behind no flag of Cartly's."""
    scene.declares.clear()


def on_this_machine(doors: Sequence[Door], ports: Mapping[str, int]) -> tuple[Door, ...]:
    """Return *doors* of a developer's machine, whose services are told apart by their ports."""
    return tuple(replace(door, host="localhost", port=ports[door.host]) for door in doors)


def _doors(host: str, worker: str) -> tuple[Door, ...]:
    return (
        Door(host, "bff", "/health", "/health"),
        Door(host, "web", "/api/health", "/api/health"),
        Door(host, "bff", "/api"),
        Door(host, "web"),
        Door(worker, "worker"),
    )


def _dialect(environment: str, doors: tuple[Door, ...], env: str, **parameters: str) -> Dialect:
    production, pages = env == "production", doors[0].origin

    def speak(speaker: Speaker) -> Sequence[Route]:
        async def health(_request: Request) -> Response:
            return await next_health(speaker, env)

        if speaker.service == "web":
            return [Route("/api/health", health)]
        return _worker(speaker) if speaker.service == "worker" else _web(speaker)

    return Dialect(
        environment=environment,
        doors=doors,
        pages=pages,
        api=f"{pages}/api",
        title=TITLE,
        speak=speak,
        also={
            addresses.CONTROL: ("www.example.org", "www.iana.org") if env != "development" else (),
            addresses.NEIGHBOUR: ("railway.com",) if env != "development" else (),
            addresses.WATCHERS: WATCHERS if production else (),
            addresses.PLATFORMS: ("backboard.railway.com",) if production else (),
        },
        secrets={
            "CARTLY_SMOKE_USER": "customer-user",
            "CARTLY_SMOKE_PASSWORD": "customer-password",
            "CARTLY_SMOKE_DATABASE_URL": "database-dsn",
            **(dict.fromkeys(TOKENS, "watchers-token") if production else {}),
        },
        parameters=parameters,
        settle=_settle,
        traps=(*TRAPS, *(WATCHED if production else ())),
    )


TRAPS = (
    _traps.CACHED,
    _traps.quirk("frozen-time", "/api/health was rendered when the image was built", Word.FAIL, Quirk.FROZEN_TIME),
    _traps.SOFT_404,
    _traps.PART_DOWN,
    _traps.quirk("not-alive", "/health/live fails, all else is well", Word.FAIL, Quirk.LIVENESS_LOST),
    _traps.quirk("not-ready", "/health/ready is a plain 500, all else is well", Word.FAIL, Quirk.NOT_READY),
    _traps.UNWELL,
    _traps.quirk("migrations-unwell", "/health says that migrations are missing", Word.FAIL, Quirk.MIGRATIONS_UNWELL),
    _traps.quirk("worker-unwell", "The worker says with status 200 that it is unwell", Word.FAIL, Quirk.WORKER_UNWELL),
    _traps.quirk("worker-down", "The worker has lost its queue", Word.FAIL, Quirk.WORKER_DOWN),
    _traps.OTHER_COMMIT,
    _traps.BEHIND,
    _traps.LOGIN_BROKEN,
    _traps.missing_chunk("checkout-broken", "The script of the checkout is missing from the image", "checkout.js"),
    _traps.as_in("sessions-lost", "S01"),
    _traps.as_in("migration-failed", "D01"),
    _traps.MIGRATION_SWALLOWED,
    _traps.INDEX_LOST,
    _traps.as_in("wrong-money", "D10"),
    _traps.SHORT_SHA,
    _traps.NO_VERSION,
    _traps.quirk("ready-in-words", "/health/ready says `ok` instead of PONG", Word.PASS, Quirk.READY_IN_WORDS),
)

WATCHED = (
    _traps.quirk("wrong-env", "/api/health calls itself staging", Word.FAIL, Quirk.OTHER_ENV),
    _traps.quirk("new-issues", "Sentry sees an issue that is new", Word.FAIL, Quirk.NEW_ISSUES),
    _traps.quirk("errors-high", "Prometheus sees the error rate rise", Word.FAIL, Quirk.ERRORS_HIGH),
    _traps.quirk("memory-high", "93 % of the memory is taken: reported", Word.PASS, Quirk.MEMORY_HIGH),
    _traps.NOT_ANNOUNCED,
    _traps.quirk("slow-deployment", "Railway takes a quarter of an hour", Word.PASS, Quirk.DEPLOYMENT_SLOW),
)

DIALECTS = {
    one.environment: one
    for one in (
        _dialect("cartly/prod", _doors("app.cartly.io", "worker.cartly.io"), "production"),
        _dialect("cartly/staging", _doors("staging.cartly.io", "worker-staging.cartly.io"), "staging"),
        _dialect("cartly/preview", _doors("pr-123.cartly.io", "worker-pr-123.cartly.io"), "preview", N="123"),
        _dialect("cartly/dev", on_this_machine(_doors(WEB, WORKER), {WEB: 3000, WORKER: 3001}), "development"),
    )
}
