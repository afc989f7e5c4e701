"""The web service: the shell of every page, the assets of this and of earlier builds, its health."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from smoke.demo import addresses, widget_host
from smoke.demo.quirks import Quirk
from smoke.demo.release import Bug, Image, Settings, ShellWorker
from smoke.demo.warmth import Replica
from smoke.demo.web import actions, workers
from smoke.demo.web.build import CONTENT_TYPES, ENTRY, Build

PAGES = (
    *("/", "/login", "/dashboard", "/account/invoices", "/account/subscriptions", "/catalogue", "/checkout"),
    actions.PATH,
)

SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="commit" content="{commit}">
<meta name="api" content="{api}">{key}
<meta name="features" content="{features}">
<meta name="action" content="{action}">
<title>{title}</title>
<link rel="icon" href="/assets/{icon}">
<link rel="stylesheet" href="/assets/{style}">
<script type="module" src="/assets/{entry}"></script>{widget}
</head>
<body>
<div id="root"></div>
<noscript>The {title} needs JavaScript.</noscript>
</body>
</html>
"""

NAMED = '<meta name="commit" content="{commit}">'

BROKEN = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="commit" content="{commit}"><title>Customer Portal</title>
<link rel="stylesheet" href="/assets/{style}"></head>
<body><main class="card"><h1>Something went wrong</h1>
<p>Application error: a server-side exception has occurred (digest 2847561093).</p></main></body>
</html>
"""

WIDGET = f'\n<script async src="https://{addresses.WIDGET}{widget_host.SCRIPT}"></script>'

FEATURES: dict[object, str] = {
    Bug.ASKS_CONSENT: "consent",
    Bug.LABELS_OTHERWISE: "variant",
    **dict.fromkeys(ShellWorker, "worker"),
}
"""What the scripts know by a word in the shell."""

UNCACHED = {"cache-control": "no-cache"}
IMMUTABLE = {"cache-control": "public, max-age=31536000, immutable"}


@dataclass(slots=True)
class AssetStore:
    """The files of all builds: a deploy adds its own before the switch, so that open tabs keep working."""

    files: dict[str, bytes] = field(default_factory=dict)

    def publish(self, build: Build, missing: frozenset[str], *, with_maps: bool = False) -> None:
        """Add the files of *build*, except those whose source is *missing*, and if told to the maps of its scripts."""
        kept = {file for source, file in build.names.items() if source not in missing}
        self.files.update({file: content for file, content in build.files.items() if file in kept})
        if with_maps:
            self.files.update(build.maps())

    def remove(self, names: frozenset[str]) -> None:
        """Remove files."""
        self.files = {file: content for file, content in self.files.items() if file not in names}


class WebReplica:
    """One process that serves the pages of one build."""

    def __init__(self, name: str, image: Image, settings: Settings, build: Build, assets: AssetStore) -> None:
        self._name = name
        self._image = image
        self._settings = settings
        self._build = build
        self._assets = assets
        self._started = time.monotonic()

    def app(self, first: Sequence[BaseRoute] = ()) -> ASGIApp:
        """Return the application of this replica; *first* are routes that go before its own."""
        routes = [
            *first,
            Route("/_health", self._health),
            Route("/assets/manifest.json", self._manifest),
            Route("/assets/{name}", self._asset),
            Route("/images/{name}", self._missing),
            Route(workers.PATH, self._worker),
            Route(actions.PATH, self._action, methods=["POST"]),
            *(Route(page, self._page) for page in PAGES),
        ]
        app = Starlette(routes=routes, exception_handlers={404: self._not_found})
        settings = self._settings
        return Replica(app, self._name, settings.slow_first_s, each_route=settings.slow_each_route)

    async def _health(self, _request: Request) -> JSONResponse:
        content = {"status": "ok", "version": self._image.commit, "uptime": round(time.monotonic() - self._started, 3)}
        return JSONResponse(content, headers={"cache-control": "no-store"})

    async def _manifest(self, _request: Request) -> Response:
        listed = {source: f"/assets/{file}" for source, file in sorted(self._build.names.items())}
        return Response(json.dumps(listed, indent=1), media_type="application/json", headers=UNCACHED)

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        content = self._assets.files.get(name)
        if Bug.FALLS_BACK_TO_THE_SHELL in self._image.bugs:
            return HTMLResponse(self._shell(SHELL), headers=self._headers())
        if content is None or Bug.NO_STATIC_FILES in self._image.bugs:
            return PlainTextResponse("Not found", 404, headers={"cache-control": "no-store"})
        kind = CONTENT_TYPES[name[name.rindex(".") :]]
        return Response(content, headers={"content-type": kind, **IMMUTABLE})

    async def _missing(self, _request: Request) -> Response:
        """Answer for a file that is not there, as the build's design has it."""
        if self._image.admits_missing:
            return PlainTextResponse("Not found", 404, headers=UNCACHED)
        return HTMLResponse(self._shell(SHELL), headers=self._headers())

    async def _worker(self, request: Request) -> Response:
        if self._image.worker is None:
            return await self._not_found(request, LookupError(workers.PATH))
        return Response(workers.SCRIPTS[self._image.worker], media_type="text/javascript", headers=UNCACHED)

    async def _action(self, request: Request) -> Response:
        return await actions.check_availability(request, self._action_key)

    @property
    def _action_key(self) -> str:
        return actions.key_of(self._image, self._name)

    async def _page(self, request: Request) -> HTMLResponse:
        broken = request.url.path in self._image.broken_pages
        return HTMLResponse(self._shell(BROKEN if broken else SHELL), headers=self._headers())

    async def _not_found(self, _request: Request, _error: Exception) -> HTMLResponse:
        return HTMLResponse(self._shell(SHELL), 404, headers=self._headers())

    def _shell(self, template: str) -> str:
        names, on = self._build.names, {*self._image.bugs, self._image.worker}
        if Quirk.NAMELESS_PAGES in self._settings.quirks:
            template = template.replace(NAMED, "")
        return template.format(
            commit=escape(self._image.commit),
            api=escape(self._api),
            key=self._key,
            title=escape(self._settings.title),
            features=" ".join(word for what, word in FEATURES.items() if what in on),
            action=self._action_key,
            widget=WIDGET if Bug.ASKS_THIRD_PARTY in self._image.bugs else "",
            icon=names["icon.svg"],
            style=names["style.css"],
            entry=names[ENTRY],
        )

    @property
    def _key(self) -> str:
        """A client's key is no secret of the pages: whoever opens them can read it."""
        settings = self._settings
        return f'\n<meta name="api-key" content="{escape(settings.api_keys[-1])}">' if settings.pages_send_key else ""

    @property
    def _api(self) -> str:
        return self._image.api_address or self._settings.api_origin

    def _headers(self) -> dict[str, str]:
        scripts = "'none'" if self._settings.trusts_no_script else f"'self' https://{addresses.WIDGET}"
        api = urlsplit(self._api)
        policy = (
            f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'"
            f" {api.scheme}://{api.netloc}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        return {**UNCACHED, "content-security-policy": policy, "x-content-type-options": "nosniff"}
