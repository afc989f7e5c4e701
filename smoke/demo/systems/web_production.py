"""The web application of the pipeline web-production-14: one site, its API under /api."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo import addresses
from smoke.demo.dialect import Dialect, Door, Speaker
from smoke.demo.foundation import READER
from smoke.demo.quirks import Quirk
from smoke.demo.scene import Scene
from smoke.demo.systems import _traps
from smoke.demo.systems._answers import parts_of, soft_404, version_keys

TITLE = "Web Production"

DRIZZLE = f"""
CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (
    id serial PRIMARY KEY, hash text NOT NULL, created_at bigint, name text, applied_at timestamptz DEFAULT now()
);
INSERT INTO drizzle.__drizzle_migrations (hash, created_at, name)
    SELECT md5(n::text) || md5((n + 1)::text), 1780000000000 + n * 86400000, '2026060' || n || '100000_step_' || n
    FROM generate_series(1, 3) n;
GRANT USAGE ON SCHEMA drizzle TO {READER};
GRANT SELECT ON drizzle.__drizzle_migrations TO {READER};
"""
"""The history as drizzle keeps it from 1.0 on, names included."""

NEWEST = "20261120093000_invoice_due_date"
APPLIED = f"""
INSERT INTO drizzle.__drizzle_migrations (hash, created_at, name)
    VALUES (md5('4') || md5('5'), 1795166600000, '{NEWEST}')
"""
"""What the release's migration leaves in it."""


def _speak(speaker: Speaker) -> Sequence[Route]:
    async def health(_request: Request) -> Response:
        if speaker.has(Quirk.PAGE_FOR_HEALTH):
            return soft_404(TITLE)
        database, redis = await parts_of(speaker)
        redis = redis and not speaker.has(Quirk.UNWELL)
        words = {name: "up" if well else "down" for name, well in (("database", database), ("redis", redis))}
        well = database and redis
        told = {"status": "healthy" if well else "unhealthy", **version_keys(speaker)}
        content = {**told, "uptime": speaker.uptime_s, "checks": words}
        spoken = 200 if well or speaker.has(Quirk.UNWELL) else 503
        return JSONResponse(content, spoken, {"cache-control": "no-store"})

    return [Route("/health", health)] if speaker.service == "bff" else ()


def _settle(scene: Scene) -> None:
    scene.declares.clear()
    scene.declares |= {"migrations": [NEWEST], "author": "Ada Mori", "changelog": "Invoices have a due date"}
    scene.sql += (APPLIED,)


def _dialect(environment: str, host: str) -> Dialect:
    production = environment.endswith("/prod")
    return Dialect(
        environment=environment,
        doors=(Door(host, "bff", "/api"), Door(host, "web")),
        pages=f"https://{host}",
        api=f"https://{host}/api",
        title=TITLE,
        speak=_speak,
        also={
            addresses.CONTROL: ("www.example.org", "www.iana.org"),
            addresses.WATCHERS: ("slack.com",) if production else (),
        },
        secrets={
            "WEB_SMOKE_USER": "customer-user",
            "WEB_SMOKE_PASSWORD": "customer-password",
            "WEB_SMOKE_DATABASE_URL": "database-dsn",
            **({"WEB_SLACK_READER_TOKEN": "watchers-token"} if production else {}),
        },
        sql=DRIZZLE,
        settle=_settle,
        traps=(
            _traps.SOFT_404,
            _traps.PART_DOWN,
            _traps.OTHER_COMMIT,
            _traps.BEHIND,
            _traps.LOGIN_BROKEN,
            _traps.missing_chunk("journey-broken", "The script of the subscriptions is missing", "subscriptions.js"),
            _traps.error_page("homepage-broken", "The homepage is an error text with status 200", "/"),
            _traps.as_in("white-screen", "C01"),
            _traps.UNWELL,
            _traps.migration_skipped(APPLIED),
            _traps.as_in("migration-failed", "D01"),
            _traps.STALE_PAGES,
            _traps.CRASHES,
            *((_traps.NOT_ANNOUNCED,) if production else ()),
            _traps.SHORT_SHA,
            _traps.NAMELESS,
            _traps.NO_VERSION,
        ),
    )


DIALECTS = {
    one.environment: one
    for one in (
        _dialect("web_production/prod", "www.web-production.example"),
        _dialect("web_production/staging", "staging.web-production.example"),
    )
}
