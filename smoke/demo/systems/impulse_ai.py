"""Impulse AI: an API with keys and the configuration of its apps, a landing page and a console, three origins."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from smoke.demo import addresses
from smoke.demo.bff import orders, partners
from smoke.demo.dialect import Dialect, Door, Speaker
from smoke.demo.faults import Fault
from smoke.demo.foundation import READER
from smoke.demo.quirks import Quirk
from smoke.demo.release import Bug
from smoke.demo.scene import Scene
from smoke.demo.systems import _traps
from smoke.demo.systems._answers import fastify_error, parts_of, soft_404, version_keys
from smoke.verdict.words import Word

TITLE = "Impulse AI"


SUPABASE = f"""
CREATE SCHEMA supabase_migrations;
CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text);
INSERT INTO supabase_migrations.schema_migrations (version, name)
    VALUES ('20260601100000', 'init'), ('20260702100000', 'usage'), ('20260903100000', 'keys');
GRANT USAGE ON SCHEMA supabase_migrations TO {READER};
GRANT SELECT ON supabase_migrations.schema_migrations TO {READER};
"""
"""The history as Supabase's command line keeps it."""

NEWEST = "20261120093000"
APPLIED = f"INSERT INTO supabase_migrations.schema_migrations (version, name) VALUES ('{NEWEST}', 'invoice_due_date')"
"""What pushing the release's migration leaves in it."""


BESIDE = "/beside"
"""Where requests lead that are not below `/v1`: there is nothing but the health."""


def _speak(speaker: Speaker) -> Sequence[BaseRoute]:
    async def health(_request: Request) -> Response:
        if speaker.has(Quirk.PAGE_FOR_HEALTH):
            return soft_404(TITLE)
        well = all(await parts_of(speaker))
        told = "ok" if well and not speaker.has(Quirk.UNWELL) else "error"
        content = {"status": told, **version_keys(speaker)}
        return JSONResponse(content, 200 if well else 503, {"cache-control": "no-store"})

    async def config(_request: Request) -> Response:
        if speaker.has(Quirk.CONFIG_FAILS):
            return fastify_error("Cannot read properties of undefined (reading 'ios')")
        settings = speaker.settings
        told = {"MIN_APP_VERSION_IOS": settings.app_minimum, "LATEST_APP_VERSION_IOS": settings.app_latest}
        return JSONResponse({} if speaker.has(Quirk.FORCE_UPDATE_IS_OFF) else told)

    def is_open(request: Request) -> bool:
        if request.url.path == "/health" or request.url.path.startswith(BESIDE):
            return True
        return speaker.has(Quirk.KEY_IS_NOT_ASKED) and partners.HEADER not in request.headers

    async def usage(request: Request) -> Response:
        # Whoever gets here without a key was let in by a fault.
        return await partners.orders(request) if partners.HEADER in request.headers else JSONResponse({"items": []})

    if speaker.service != "bff":
        return ()
    return [
        Route("/health", health),
        partners.KeyWanted(speaker.settings, speaker.image, is_open),
        Route("/config", config),
        Route("/usage", usage),
        Route("/models", orders.catalogue),
    ]


def _rotated(scene: Scene) -> None:
    """Let the rotation be over: the key before the newest is refused, unless a fault lets it in again."""
    _rotating(scene)
    scene.before, scene.after = scene.before.having(Bug.FORGETS_OLD_KEYS), scene.after.having(Bug.FORGETS_OLD_KEYS)


def _rotating(scene: Scene) -> None:
    """Let everything that calls the API send a key, its own pages too."""
    scene.settings_before = replace(scene.settings_before, pages_send_key=True)
    scene.settings = replace(scene.settings, pages_send_key=True)
    scene.declares.clear()
    scene.declares["migrations"] = [NEWEST]
    scene.sql += (APPLIED,)


def _dialect(environment: str, api: str, landing: str, console: str) -> Dialect:
    production = environment.endswith("/prod")
    other_key = "IMPULSE_API_KEY_RETIRED" if production else "IMPULSE_API_KEY_PREVIOUS"
    of_keys = _traps.RETIRED_KEY if production else _traps.as_in("old-key-refused", "S03")
    return Dialect(
        environment=environment,
        doors=(
            Door(api, "bff", "/health", "/health"),
            Door(api, "bff", "/v1/health", "/no-such-call"),
            Door(api, "bff", "/v1"),
            Door(api, "bff", "/", BESIDE),
            Door(landing, "web"),
            Door(console, "web"),
        ),
        pages=f"https://{console}",
        api=f"https://{api}/v1",
        title=TITLE,
        speak=_speak,
        also={
            addresses.CONTROL: ("www.example.org", "www.iana.org"),
            addresses.NEIGHBOUR: ("vercel.com", "railway.com"),
            addresses.WATCHERS: ("itunes.apple.com",) if production else (),
            addresses.PLATFORMS: ("backboard.railway.com", "api.vercel.com") if production else (),
        },
        secrets={
            "IMPULSE_SMOKE_USER": "customer-user",
            "IMPULSE_SMOKE_PASSWORD": "customer-password",
            "IMPULSE_API_KEY": "api-key-current",
            "IMPULSE_SMOKE_DATABASE_URL": "database-dsn",
            other_key: "api-key-previous",
            **(dict.fromkeys(("RAILWAY_TOKEN", "VERCEL_TOKEN"), "watchers-token") if production else {}),
        },
        sql=SUPABASE,
        settle=_rotated if production else _rotating,
        traps=(*_traps_with(of_keys), *(DEPLOYED if production else ())),
    )


def _traps_with(of_keys: Fault) -> tuple[Fault, ...]:
    """Return the traps; the one about the other key depends on whether a rotation is under way."""
    return (
        _traps.SOFT_404,
        _traps.UNWELL,
        _traps.PART_DOWN,
        _traps.OTHER_COMMIT,
        _traps.BEHIND,
        _traps.KEY_REFUSED,
        _traps.KEY_NOT_ASKED,
        of_keys,
        _traps.MINIMUM,
        _traps.migration_skipped(APPLIED),
        _traps.LOGIN_BROKEN,
        _traps.error_page("landing-broken", "The landing page is an error text with status 200", "/"),
        _traps.quirk("config-fails", "What apps ask first answers 500", Word.FAIL, Quirk.CONFIG_FAILS),
        _traps.missing_chunk("console-broken", "The script of the dashboard is missing", "dashboard.js"),
        _traps.ACROSS,
        _traps.KEY_ACROSS,
        _traps.SHORT_SHA,
        _traps.NAMELESS,
        _traps.FORCE_OFF,
        _traps.FORCE_ABSENT,
    )


DEPLOYED = (
    _traps.quirk("deployment-crashed", "Railway saw the API crash: reported", Word.PASS, Quirk.DEPLOYMENT_CRASHED),
    _traps.quirk("alias-lost", "Vercel could not assign an alias: reported", Word.PASS, Quirk.ALIAS_LOST),
)
"""What only the platforms tell."""

DIALECTS = {
    one.environment: one
    for one in (
        _dialect("impulse_ai/prod", "api.impulseai.app", "impulseai.app", "console.impulseai.app"),
        _dialect("impulse_ai/staging", "api-stg.impulseai.app", "stg.impulseai.app", "console-stg.impulseai.app"),
    )
}
