"""
Stand-ins for what watches a foreign environment: Sentry, Prometheus, Alertmanager, Loki, Slack, the App Store.

They are no part of any system. They answer as docs/wire-formats.md says, and see what the scene has them see from the
deploy on. All are one application: no two of them share a path.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from smoke.demo.quirks import Quirk

if TYPE_CHECKING:
    from smoke.demo.scene import Scene

STORE_VERSION = "4.2.0"
"""What the App Store serves."""


@dataclass(slots=True)
class Watchers:
    """What they see: nothing out of the ordinary, until *scene* is deployed and has it otherwise."""

    scene: "Scene | None" = None
    deployed_at: float = 0.0

    def deploy(self, scene: "Scene") -> None:
        """Let the release of *scene* be there from now on."""
        self.scene, self.deployed_at = scene, time.time()

    def app(self) -> ASGIApp:
        """Return the application that answers for all of them."""
        organization = "/api/0/organizations/{organization}"
        return Starlette(
            routes=[
                Route(f"{organization}/issues/", self._issues),
                Route(f"{organization}/releases/{{version}}/", self._release),
                Route("/api/v1/query", self._metric),
                Route("/api/v1/targets", self._targets),
                Route("/api/v2/alerts", self._alerts),
                Route("/loki/api/v1/query", self._lines),
                Route("/api/conversations.history", self._messages),
                Route("/lookup", self._lookup),
            ]
        )

    def _sees(self, quirk: Quirk) -> bool:
        return self.scene is not None and quirk in self.scene.settings.quirks

    async def _issues(self, request: Request) -> Response:
        if not _has_token(request):
            return JSONResponse({"detail": "Authentication credentials were not provided."}, 401)
        return JSONResponse([_issue(self.deployed_at)] if self._sees(Quirk.NEW_ISSUES) else [])

    async def _release(self, request: Request) -> Response:
        since = _moment(self.deployed_at or time.time())
        content = {"version": request.path_params["version"], "dateCreated": since, "newGroups": 0}
        return JSONResponse(content)

    async def _metric(self, request: Request) -> Response:
        query, at = request.query_params.get("query", ""), float(request.query_params.get("time", time.time()))
        worse = at >= self.deployed_at
        if "increase(" in query:
            value = "5210"
        elif "memory" in query:
            value = "0.93" if worse and self._sees(Quirk.MEMORY_HIGH) else "0.61"
        else:
            value = "0.071" if worse and self._sees(Quirk.ERRORS_HIGH) else "0.002"
        return _vector([value], {"service": "web"})

    async def _targets(self, _request: Request) -> Response:
        down = self._sees(Quirk.METRICS_LOST)
        targets = [
            {
                "labels": {"job": "portal-bff", "instance": f"bff-{number}:9090"},
                "health": "down" if down and number == 1 else "up",
                "lastError": "context deadline exceeded" if down and number == 1 else "",
            }
            for number in (1, 2, 3)
        ]
        return JSONResponse({"status": "success", "data": {"activeTargets": targets, "droppedTargets": []}})

    async def _alerts(self, _request: Request) -> Response:
        if not self._sees(Quirk.ALERT_FIRES):
            return JSONResponse([])
        alert = {
            "labels": {"alertname": "BffErrorsHigh", "severity": "critical", "env": "production"},
            "annotations": {"summary": "The BFF answers 5xx"},
            "startsAt": _moment(self.deployed_at + 0.5),
            "updatedAt": _moment(time.time()),
            "endsAt": _moment(time.time() + 240),
            "fingerprint": "8a1c0f3d5e7b9246",
            "receivers": [{"name": "oncall"}],
            "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
        }
        return JSONResponse([alert])

    async def _lines(self, request: Request) -> Response:
        errors = "|~" in request.query_params.get("query", "")
        now = int(request.query_params.get("time", "0")) / 1e9 >= self.deployed_at
        if not errors:
            return _vector([] if now and self._sees(Quirk.LOGS_LOST) else ["412"], {})
        return _vector(["390" if now and self._sees(Quirk.LOGS_FULL_OF_ERRORS) else "2"], {})

    async def _messages(self, request: Request) -> Response:
        if not _has_token(request):
            return JSONResponse({"ok": False, "error": "not_authed"})
        said = []
        if self.scene is not None and not self._sees(Quirk.NOT_ANNOUNCED):
            text = f"Deployed {self.scene.after.commit} ({self.scene.after.version}) to production"
            text += "".join(
                f"\n{self.scene.declares[key]}" for key in ("author", "changelog") if key in self.scene.declares
            )
            said = [{"type": "message", "text": text, "ts": f"{self.deployed_at + 1:.6f}"}]
        return JSONResponse({"ok": True, "messages": said, "has_more": False})

    async def _lookup(self, request: Request) -> Response:
        found = {"bundleId": request.query_params.get("bundleId"), "version": STORE_VERSION, "trackId": 6450000000}
        return JSONResponse({"resultCount": 1, "results": [found]}, media_type="text/javascript")


def _has_token(request: Request) -> bool:
    return len(request.headers.get("authorization", "").removeprefix("Bearer ").strip()) > 1


def _issue(at: float) -> dict[str, Any]:
    return {
        "id": "4501",
        "shortId": "WEB-1F",
        "title": "TypeError: Cannot read properties of undefined (reading 'total')",
        "level": "error",
        "status": "unresolved",
        "substatus": "new",
        "count": "37",
        "userCount": 12,
        "firstSeen": _moment(at + 1),
        "lastSeen": _moment(time.time()),
        "isUnhandled": True,
    }


def _vector(values: list[str], labels: dict[str, str]) -> JSONResponse:
    """Return an instant vector, as Prometheus and Loki write it: values are texts."""
    result = [{"metric": labels, "value": [time.time(), value]} for value in values]
    return JSONResponse({"status": "success", "data": {"resultType": "vector", "result": result}})


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
