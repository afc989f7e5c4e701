"""
A stand-in for a payment provider of Stripe's kind: checkout sessions are opened and expired, never paid.

A key of test mode opens sessions of test mode; an expired key is refused with the provider's own words.
"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from smoke.demo.addresses import PAYMENTS
from smoke.demo.forms import form_of

LIFETIME_S = 24 * 3600


@dataclass(slots=True)
class PaymentProvider:
    """The state of the stand-in: the secret keys that it knows, those that have expired, the sessions that are open."""

    keys: frozenset[str]
    expired: frozenset[str] = frozenset()
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def app(self) -> ASGIApp:
        """Return the application."""
        opened = Route("/v1/checkout/sessions", self._open, methods=["POST"])
        return Starlette(routes=[opened, Route("/v1/checkout/sessions/{id}/expire", self._expire, methods=["POST"])])

    async def _open(self, request: Request) -> JSONResponse:
        key = _key(request)
        if (refusal := self._refusal(key)) is not None:
            return refusal
        fields = await form_of(request)
        live, now = key.startswith("sk_live_"), int(time.time())
        name = f"cs_{'live' if live else 'test'}_{secrets.token_hex(16)}"
        amount = int(fields.get("line_items[0][price_data][unit_amount]", "0"))
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "amount_total": amount,
            "created": now,
            "currency": fields.get("line_items[0][price_data][currency]"),
            "expires_at": now + LIFETIME_S,
            "livemode": live,
            "mode": fields.get("mode"),
            "payment_status": "unpaid",
            "status": "open",
            "url": f"https://{PAYMENTS}/c/pay/{name}",
        }
        return JSONResponse(self.sessions[name])

    async def _expire(self, request: Request) -> JSONResponse:
        if (refusal := self._refusal(_key(request))) is not None:
            return refusal
        found = self.sessions.pop(request.path_params["id"], None)
        if found is None:
            message = f"No such checkout.session: {request.path_params['id']}"
            return _error(404, {"code": "resource_missing", "message": message, "param": "session"})
        return JSONResponse({**found, "status": "expired", "url": None})

    def _refusal(self, key: str) -> JSONResponse | None:
        shown = f"{key[:8]}{'*' * 12}{key[-4:]}"
        if key in self.expired:
            doc = "https://stripe.com/docs/error-codes/api-key-expired"
            said = {"code": "api_key_expired", "doc_url": doc, "message": f"Expired API Key provided: {shown}"}
            return _error(401, said)
        return None if key in self.keys else _error(401, {"message": f"Invalid API Key provided: {shown}"})


def _key(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _error(status: int, said: dict[str, str]) -> JSONResponse:
    return JSONResponse({"error": {**said, "type": "invalid_request_error"}}, status)
