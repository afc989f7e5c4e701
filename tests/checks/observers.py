"""
Stand-ins for those who watch a deployment: Sentry, Prometheus, Alertmanager, Loki, Slack and the App Store.

They answer as docs/wire-formats.md says. As their paths differ, one application does for all. Prometheus's language is
not spoken: a query is answered with the metric that it names first.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

PAGE = 100
DAY_S = 24 * 3600.0
SAID_S = 1.0
"""How long after its beginning a deploy is announced."""
_FIRST_RELEASE = re.compile(r'firstRelease:"([^"]*)"')
_RANGE_S = re.compile(r"\[(\d+)s\]")
_NAME = re.compile(r"[a-z][a-z_:]*_[a-z_:]+")


@dataclass(frozen=True, slots=True)
class Watched:
    """
    A release as its observers see it, live from *began* on (epoch seconds).

    *issues* are the titles of what was first seen in it, *metrics* values by name, *targets* the states of what is
    scraped by instance, *alerts* the names of those that it set off; *lines* and *errors* are logged in a minute.
    """

    commit: str
    version: str
    began: float
    issues: tuple[str, ...] = ()
    registered: bool = True
    metrics: Mapping[str, float] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    alerts: tuple[str, ...] = ()
    lines: float = 600.0
    errors: float = 0.0
    announced: bool = True

    def is_called(self, name: str) -> bool:
        """Tell whether *name* means this release: it holds its commit or its version."""
        return self.commit in name or self.version in name


@dataclass(slots=True)
class Observers:
    """Who watches: their one *token*, what they saw, what the App Store serves, and who of them is *down*."""

    token: str
    releases: list[Watched] = field(default_factory=list)
    channel: str = "C024BE91L"
    bundle: str = "app.demo.ios"
    served: str | None = "4.2.0"
    down: set[str] = field(default_factory=set)

    def app(self) -> ASGIApp:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/api/0/organizations/{organization}/issues/", self._issues),
                Route("/api/0/organizations/{organization}/sessions/", self._sessions),
                Route("/api/0/organizations/{organization}/releases/{name:path}/", self._release),
                Route("/api/v1/query", self._query),
                Route("/api/v1/targets", self._targets),
                Route("/api/v2/alerts", self._alerts),
                Route("/loki/api/v1/query", self._count),
                Route("/api/conversations.history", self._history),
                Route("/lookup", self._lookup),
            ]
        )

    def _live(self, at: float) -> Watched | None:
        """Return what was live at a moment."""
        return next((one for one in reversed(self.releases) if one.began <= at), None)

    def _refusal(self, request: Request, system: str) -> Response | None:
        if system in self.down:
            return PlainTextResponse("upstream connect error", 503)
        known = request.headers.get("authorization") == f"Bearer {self.token}"
        return None if known else JSONResponse({"detail": "Invalid token"}, 401)

    async def _issues(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "sentry")) is not None:
            return refusal
        wanted = _FIRST_RELEASE.search(request.query_params.get("query", ""))
        found = [
            (one, title) for one in self.releases if wanted is None or one.is_called(wanted[1]) for title in one.issues
        ]
        begins = int(request.query_params.get("cursor", "0:0:0").split(":")[1])
        results = "true" if begins + PAGE < len(found) else "false"
        link = f'<{request.url}>; rel="next"; results="{results}"; cursor="0:{begins + PAGE}:0"'
        items = [_issue(at, one, title) for at, (one, title) in enumerate(found, 1)]
        return JSONResponse(items[begins : begins + PAGE], headers={"link": link})

    async def _release(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "sentry")) is not None:
            return refusal
        name = unquote(request.path_params["name"])
        known = next((one for one in self.releases if one.registered and one.is_called(name)), None)
        if known is None:
            return JSONResponse({"detail": "The requested resource does not exist"}, 404)
        created = _moment(known.began)
        told = {"version": name, "dateCreated": created, "newGroups": len(known.issues), "status": "open"}
        return JSONResponse(told)

    async def _sessions(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "sentry")) is not None:
            return refusal
        share = 0.97 if self.releases and self.releases[-1].issues else 0.999
        return JSONResponse({"groups": [{"by": {}, "totals": {"crash_free_rate(session)": share}}]})

    async def _query(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "prometheus")) is not None:
            return refusal
        at = float(request.query_params.get("time", time.time()))
        live, names = self._live(at), _NAME.findall(request.query_params.get("query", ""))
        value = next((live.metrics[name] for name in names if live and name in live.metrics), None)
        return JSONResponse(_vector(at, value))

    async def _targets(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "prometheus")) is not None:
            return refusal
        live = self._live(time.time())
        listed = [
            {
                "labels": {"job": "api", "instance": instance},
                "scrapePool": "api",
                "health": health,
                "lastError": "" if health == "up" else "connection refused",
            }
            for instance, health in (live.targets if live else {}).items()
        ]
        return JSONResponse({"status": "success", "data": {"activeTargets": listed, "droppedTargets": []}})

    async def _alerts(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "alertmanager")) is not None:
            return refusal
        live = self._live(time.time())
        return JSONResponse([_alert(name, live.began) for name in live.alerts] if live else [])

    async def _count(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "loki")) is not None:
            return refusal
        query, at = request.query_params.get("query", ""), float(request.query_params["time"]) / 1e9
        length, live = _RANGE_S.search(query), self._live(at)
        if length is None or "count_over_time" not in query:
            return PlainTextResponse("log queries are not supported as an instant query type", 400)
        each_minute = 0.0 if live is None else live.errors if "|~" in query or "|=" in query else live.lines
        lines = each_minute * int(length[1]) / 60
        return JSONResponse(_vector(at, lines or None))

    async def _history(self, request: Request) -> Response:
        if "slack" in self.down:
            return PlainTextResponse("upstream connect error", 503)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        if request.query_params.get("channel") != self.channel:
            return JSONResponse({"ok": False, "error": "channel_not_found"})
        oldest = float(request.query_params.get("oldest", "0"))
        said = [_message(one) for one in reversed(self.releases) if one.announced and one.began + SAID_S >= oldest]
        return JSONResponse({"ok": True, "messages": said, "has_more": False})

    async def _lookup(self, request: Request) -> Response:
        if "app store" in self.down:
            return PlainTextResponse("upstream connect error", 503)
        ours = request.query_params.get("bundleId") == self.bundle and self.served is not None
        results = [{"trackId": 1, "bundleId": self.bundle, "version": self.served}] if ours else []
        text = json.dumps({"resultCount": len(results), "results": results})
        return Response(f"\n\n\n{text}\n", media_type="text/javascript")


def _issue(number: int, release: Watched, title: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "shortId": f"WEB-{number}",
        "title": title,
        "level": "error",
        "status": "unresolved",
        "substatus": "new",
        "count": "150",
        "userCount": 12,
        "firstSeen": _moment(release.began + 1),
        "lastSeen": _moment(release.began + 2),
        "isUnhandled": True,
    }


def _alert(name: str, began: float) -> dict[str, Any]:
    return {
        "labels": {"alertname": name, "severity": "critical"},
        "annotations": {"summary": f"{name} is on"},
        "startsAt": _moment(began + 1),
        "updatedAt": _moment(began + 2),
        "endsAt": _moment(began + DAY_S),
        "fingerprint": name.lower(),
        "receivers": [{"name": "oncall"}],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
    }


def _message(release: Watched) -> dict[str, Any]:
    text = f"Deployed {release.version} (`{release.commit[:7]}`) to production"
    return {"type": "message", "subtype": "bot_message", "ts": f"{release.began + SAID_S:.6f}", "text": text}


def _vector(at: float, value: float | None) -> dict[str, Any]:
    result = [] if value is None else [{"metric": {}, "value": [at, f"{value:g}"]}]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
