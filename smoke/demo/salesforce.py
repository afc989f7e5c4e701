"""
A stand-in for Salesforce: the OAuth token endpoint, some REST resources and the Trust status API.

It is no part of the portal. It answers as `<MyDomain>.my.salesforce.com` and `api.status.salesforce.com` do
(docs/wire-formats.md), so that checks and the BFF can be tried without an org.
"""

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from smoke.demo.forms import form_of
from smoke.demo.outages import Outage, Unreliable
from smoke.demo.release import Credential

INSTANCE = "AP15"
VERSIONS = (("Spring '26", "66.0"), ("Summer '26", "67.0"), ("Winter '27", "68.0"))
MOST = 15_000
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://login.salesforce.com"
RECORDS: dict[str, dict[str, Any]] = {
    "Organization": {"InstanceName": INSTANCE, "IsSandbox": False},
    "Contact": {"Name": "Naomi Fischer", "Email": "naomi.fischer@aozora.example", "Phone": "+81 3 5555 0117"},
}


@dataclass(slots=True)
class Org:
    """
    The state of the stand-in: who may ask, which tokens live, and whether it is down for everybody.

    The sessions of *strangers* are not valid, although they get them. Each of *keys* is the public key of a consumer,
    whose assertions may name one of *users*. *calls* are the API requests of the day; none is answered beyond `MOST`.
    """

    url: str
    clients: tuple[Credential, ...]
    outage: Outage | None = None
    strangers: frozenset[str] = frozenset()
    tokens: set[str] = field(default_factory=set)
    calls: int = 0
    keys: Mapping[str, str] = field(default_factory=dict)
    users: frozenset[str] = frozenset()
    maintenances: tuple[Mapping[str, Any], ...] = ()

    def app(self) -> ASGIApp:
        """Return the application that answers for the org."""
        routes = [
            Route("/services/oauth2/token", self._token, methods=["POST"]),
            Route("/services/oauth2/userinfo", self._userinfo),
            Route("/services/data/", self._versions),
            *(Route(f"/services/data/{{version}}/limits{slash}", self._limits) for slash in ("", "/")),
            *(Route(f"/services/data/{{version}}/query{slash}", self._query) for slash in ("", "/")),
        ]
        unavailable = _rest_error("SERVER_UNAVAILABLE", "Server unavailable", 503)
        return Unreliable(
            Starlette(routes=routes, exception_handlers={404: _not_found}), lambda: self.outage, unavailable
        )

    def status_app(self) -> ASGIApp:
        """Return the application of the Trust status API, which stays up when the org is down."""
        return Starlette(routes=[Route("/v1/instances/{key}/status", self._status)])

    async def _token(self, request: Request) -> JSONResponse:
        form = await form_of(request)
        grant = form.get("grant_type")
        if grant == BEARER:
            identifier, refusal = self._asserted(form.get("assertion", ""))
        elif grant == "client_credentials":
            identifier, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
            refusal = self._refusal(identifier, secret)
        else:
            return _oauth_error("unsupported_grant_type", "grant type not supported")
        return refusal or self._issued(identifier)

    def _refusal(self, identifier: str, secret: str) -> JSONResponse | None:
        known = {client.identifier: client.secret for client in self.clients}
        if identifier not in known:
            return _oauth_error("invalid_client_id", "client identifier invalid")
        if not secrets.compare_digest(known[identifier], secret):
            return _oauth_error("invalid_client", "invalid client credentials")
        return None

    def _asserted(self, assertion: str) -> tuple[str, JSONResponse | None]:
        """Return whom an assertion is from, and why it is refused: its signature, its audience or its user."""
        import jwt  # here, since it loads all of cryptography, and the portal itself asks by client credentials

        try:
            identifier = str(jwt.decode(assertion, options={"verify_signature": False}).get("iss"))
            if identifier not in self.keys:
                return "", _oauth_error("invalid_client_id", "client identifier invalid")
            claims = jwt.decode(assertion, self.keys[identifier], algorithms=["RS256"], audience=AUDIENCE)
        except jwt.InvalidAudienceError:
            return "", _oauth_error("invalid_grant", "audience is invalid")
        except jwt.PyJWTError:
            return "", _oauth_error("invalid_grant", "invalid assertion")
        if claims.get("sub") not in self.users:
            return "", _oauth_error("invalid_grant", "user hasn't approved this consumer")
        return identifier, None

    def _issued(self, identifier: str) -> JSONResponse:
        token = f"00D5i000000Demo!{secrets.token_urlsafe(24)}"
        if identifier not in self.strangers:
            self.tokens.add(token)
        return JSONResponse(
            {
                "access_token": token,
                "signature": secrets.token_urlsafe(32),
                "scope": "api",
                "instance_url": self.url,
                "id": "https://login.salesforce.com/id/00D5i000000DemoEAC/0055i000001DemoAAS",
                "token_type": "Bearer",
                "issued_at": str(int(time.time() * 1000)),
                "api_instance_url": "https://api.salesforce.com",
            }
        )

    async def _versions(self, _request: Request) -> JSONResponse:
        listed = [{"label": label, "url": f"/services/data/v{v}", "version": v} for label, v in VERSIONS]
        return JSONResponse(listed)

    async def _userinfo(self, request: Request) -> Response:
        if not self._known(request):
            return PlainTextResponse("Bad_OAuth_Token", 403)
        return JSONResponse({"sub": self.url, "user_id": "0055i000001DemoAAS", "organization_id": "00D5i000000DemoEAC"})

    async def _limits(self, request: Request) -> JSONResponse:
        content = {"DailyApiRequests": {"Max": MOST, "Remaining": max(0, MOST - self.calls)}}
        return self._rest(request, content)

    async def _query(self, request: Request) -> JSONResponse:
        words = request.query_params.get("q", "").split()
        named = words[words.index("FROM") + 1] if "FROM" in words[:-1] else ""
        if named not in RECORDS:
            return _rest_error("INVALID_TYPE", f"sObject type '{named}' is not supported.", 400)
        record = {"attributes": {"type": named, "url": f"{request.url.path}/{named}"}, **RECORDS[named]}
        return self._rest(request, {"totalSize": 1, "done": True, "records": [record]})

    async def _status(self, request: Request) -> JSONResponse:
        if request.path_params["key"] != INSTANCE:
            return JSONResponse({"message": "Instance not found"}, 404)
        down = self.outage is not None and self.outage.public
        incidents = [{"id": 20001234, "message": {"rootCause": None}, "isCore": True}] if down else []
        return JSONResponse(
            {
                "key": INSTANCE,
                "location": "APAC",
                "environment": "production",
                "releaseVersion": "Winter '27 Patch 4",
                "releaseNumber": "264.4",
                "status": "MAJOR_INCIDENT_CORE" if down else "OK",
                "isActive": True,
                "Products": [],
                "Incidents": incidents,
                "Maintenances": [dict(one) for one in self.maintenances],
            }
        )

    def _known(self, request: Request) -> bool:
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.tokens

    def _rest(self, request: Request, content: Any) -> JSONResponse:
        if not self._known(request):
            return _rest_error("INVALID_SESSION_ID", "Session expired or invalid", 401)
        if self.calls >= MOST:
            return _rest_error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)
        self.calls += 1
        return JSONResponse(content, headers={"sforce-limit-info": f"api-usage={self.calls}/{MOST}"})


def _basic(request: Request) -> tuple[str, str] | None:
    """Return the credentials of HTTP Basic, in which a client may send them too."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        identifier, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return identifier, secret


def _rest_error(code: str, message: str, status: int) -> JSONResponse:
    return JSONResponse([{"message": message, "errorCode": code}], status)


def _oauth_error(error: str, description: str) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, 400)


async def _not_found(_request: Request, _error: Exception) -> JSONResponse:
    return _rest_error("NOT_FOUND", "The requested resource does not exist", 404)
