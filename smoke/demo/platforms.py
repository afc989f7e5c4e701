"""
Stand-ins for the platforms that deploy a foreign environment: Railway, Vercel, Coolify.

They are no part of any system. They answer as docs/wire-formats.md says: Railway over GraphQL, in which an error comes
with status 200; Vercel with its list; Coolify with an object where its own description says array. Each tells the
deployment of the release before, and from the deploy on that of the release. All are one application: no two of them
share a path.
"""

import json
import re
import time
from dataclasses import dataclass, field
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

DAY_S = 86_400.0
TOOK_S = 45.0
"""How long the deployment of the release before took."""

SLOW_S, SLOWLY_ENDS_S = 900.0, 20.0
"""A slow deployment began a quarter of an hour before the switch, and goes on for a while after it."""

NODE = re.compile(r"node\s*\{([^{}]*)\}")
FIELDS = ("id", "status", "createdAt", "url", "staticUrl", "meta", "canRedeploy", "canRollback")


@dataclass(frozen=True, slots=True)
class Made:
    """One deployment: of which commit, and when it began and ended, in epoch seconds."""

    id: str
    commit: str
    began: float
    ended: float
    new: bool = False


@dataclass(slots=True)
class Platforms:
    """What they know: the release before of *scene*, and since its deploy the release."""

    scene: "Scene"
    started: float = field(default_factory=time.time)
    deployed_at: float | None = None

    def deploy(self) -> None:
        """Let the release be deployed from now on."""
        self.deployed_at = time.time()

    def app(self) -> ASGIApp:
        """Return the application that answers for all of them."""
        return Starlette(
            routes=[
                Route("/graphql/v2", self._railway, methods=["POST"]),
                Route("/v6/deployments", self._vercel),
                Route("/api/v1/deployments/applications/{uuid}", self._coolify_list),
                Route("/api/v1/deployments/{uuid}", self._coolify_one),
                Route("/api/v1/applications/{uuid}", self._coolify_application),
            ]
        )

    def _sees(self, quirk: Quirk) -> bool:
        return self.deployed_at is not None and quirk in self.scene.settings.quirks

    def _made(self) -> list[Made]:
        """Return all deployments, the newest first."""
        began = self.started - DAY_S
        before = Made("dpl-before", self.scene.before.commit, began, began + TOOK_S)
        if self.deployed_at is None:
            return [before]
        began = self.deployed_at - (SLOW_S if self._sees(Quirk.DEPLOYMENT_SLOW) else 0.0)
        return [Made("dpl-release", self.scene.after.commit, began, self.deployed_at, new=True), before]

    async def _railway(self, request: Request) -> Response:
        if not (request.headers.get("project-access-token") or _has_token(request)):
            return _graphql_error("Not Authorized")
        asked = json.loads(await request.body())
        selected = NODE.search(asked.get("query", ""))
        names = selected[1].split() if selected else []
        unknown = [name for name in names if name not in FIELDS]
        if unknown or not names:
            return _graphql_error(f'Cannot query field "{(unknown or ["?"])[0]}" on type "Deployment".', 400)
        nodes = [self._railway_node(made, newest=at == 0) for at, made in enumerate(self._made())]
        edges = [{"node": {name: node[name] for name in names}} for node in nodes]
        most = asked.get("variables", {}).get("first") or len(edges)
        return JSONResponse({"data": {"deployments": {"edges": edges[:most]}}})

    def _railway_node(self, made: Made, *, newest: bool) -> dict[str, Any]:
        status = "SUCCESS" if newest else "REMOVED"
        if made.new and self._sees(Quirk.DEPLOYMENT_CRASHED):
            status = "CRASHED"
        if made.new and self._sees(Quirk.DEPLOYMENT_SLOW) and time.time() < made.ended + SLOWLY_ENDS_S:
            status = "DEPLOYING"
        return {
            "id": made.id,
            "status": status,
            "createdAt": _moment(made.began),
            "url": None,
            "staticUrl": f"{made.id}.up.railway.app",
            "meta": {"commitHash": made.commit, "branch": "main", "commitMessage": "Release", "reason": "deploy"},
            "canRedeploy": True,
            "canRollback": not newest,
        }

    async def _vercel(self, request: Request) -> Response:
        if not _has_token(request):
            error = {"code": "forbidden", "message": "Not authorized", "missingToken": True}
            return JSONResponse({"error": error}, 403)
        rows = [self._vercel_row(made) for made in self._made()]
        pages = {"count": len(rows), "next": None, "prev": None}
        return JSONResponse({"deployments": rows, "pagination": pages})

    def _vercel_row(self, made: Made) -> dict[str, Any]:
        lost = made.new and self._sees(Quirk.ALIAS_LOST)
        error = {"code": "cert_missing", "message": "The certificate of console.impulseai.app could not be issued"}
        return {
            "uid": made.id,
            "url": f"{made.id}.vercel.app",
            "state": "READY",
            "readyState": "READY",
            "readySubstate": "PROMOTED",
            "target": "production",
            "aliasAssigned": None if lost else round(made.ended * 1000),
            "aliasError": error if lost else None,
            "created": round(made.began * 1000),
            "ready": round(made.ended * 1000),
            "isRollbackCandidate": not made.new,
            "meta": {"githubCommitSha": made.commit, "githubCommitRef": "production"},
        }

    async def _coolify_list(self, request: Request) -> Response:
        rows = [self._coolify_row(made) for made in self._made()]
        return _coolify(request, {"count": len(rows), "deployments": rows})

    async def _coolify_one(self, request: Request) -> Response:
        wanted = request.path_params["uuid"]
        found = next((made for made in self._made() if made.id == wanted), None)
        return _coolify(request, self._coolify_row(found) if found else None)

    async def _coolify_application(self, request: Request) -> Response:
        newest = self._made()[0]
        told = {"uuid": request.path_params["uuid"], "name": "api", "status": "running:healthy"}
        tagged = {"git_commit_sha": "HEAD", "docker_registry_image_tag": self._tag(newest)}
        return _coolify(request, {**told, **tagged})

    def _tag(self, made: Made) -> str:
        """Return the image's tag: the version, or the commit where the git tag came late."""
        if made.new and self._sees(Quirk.LATE_TAG):
            return f"prod-{made.commit[:7]}"
        image = self.scene.after if made.new else self.scene.before
        return f"v{image.version}-rc.1" if made.new and self._sees(Quirk.EARLY_IMAGE) else f"v{image.version}"

    def _coolify_row(self, made: Made) -> dict[str, Any]:
        return {
            "deployment_uuid": made.id,
            "application_name": "api",
            "status": "failed" if made.new and self._sees(Quirk.DEPLOYMENT_FAILED) else "finished",
            "commit": made.commit,
            "docker_registry_image_tag": self._tag(made),
            "rollback": False,
            "is_api": True,
            "created_at": _moment(made.began),
            "updated_at": _moment(made.ended),
        }


def _coolify(request: Request, content: dict[str, Any] | None) -> JSONResponse:
    if not _has_token(request):
        return JSONResponse({"message": "Unauthenticated."}, 401)
    return JSONResponse(content) if content is not None else JSONResponse({"message": "Deployment not found."}, 404)


def _graphql_error(message: str, status: int = 200) -> JSONResponse:
    return JSONResponse({"errors": [{"message": message}], "data": None}, status)


def _has_token(request: Request) -> bool:
    return len(request.headers.get("authorization", "").removeprefix("Bearer ").strip()) > 1


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
