"""
A stand-in for WHMCS: the classic API at `/includes/api.php`.

It is no part of the portal. It answers as WHMCS 8 does: errors are told by their message, an address that is not on the
allow-list gets `Invalid IP` with 403.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from smoke.demo.content import INVOICES_EACH, PRODUCTS
from smoke.demo.forms import form_of
from smoke.demo.outages import Outage, Unreliable
from smoke.demo.release import Credential

STRANGER = "203.0.113.7"


@dataclass(slots=True)
class Installation:
    """The state of the stand-in: who may ask, and which of them come from an address that is not allowed."""

    clients: tuple[Credential, ...]
    strangers: frozenset[str] = frozenset()
    outage: Outage | None = None

    def app(self) -> ASGIApp:
        """Return the application."""
        api = Starlette(routes=[Route("/includes/api.php", self._api, methods=["POST"])])
        return Unreliable(api, lambda: self.outage, _error("Down for maintenance (Err 3)", 503))

    async def _api(self, request: Request) -> JSONResponse:
        form = await form_of(request)
        identifier = form.get("identifier") or form.get("username") or ""
        secret = form.get("secret") or form.get("password") or ""
        if identifier in self.strangers:
            return _error(f"Invalid IP {STRANGER}", 403)
        known = {client.identifier: client.secret for client in self.clients}
        if identifier not in known or not secrets.compare_digest(known[identifier], secret):
            return _error("Authentication Failed", 403)
        action = form.get("action", "")
        payload = ANSWERS.get(action.lower())
        if payload is None:
            return _error(f'Action "{action.lower()}" not found', 200)
        return JSONResponse({"result": "success", **payload})


def _error(message: str, status: int) -> JSONResponse:
    return JSONResponse({"result": "error", "message": message}, status)


def _invoices() -> dict[str, Any]:
    states = ("Paid", "Paid", "Paid", "Unpaid")
    found = [
        {
            "id": 7001 + at,
            "userid": 1 + at // INVOICES_EACH,
            "status": states[at % 4],
            "datepaid": "0000-00-00 00:00:00",
        }
        for at in range(2 * INVOICES_EACH)
    ]
    return {"totalresults": len(found), "startnumber": 0, "numreturned": len(found), "invoices": {"invoice": found}}


def _products() -> dict[str, Any]:
    found = [
        {"pid": at, "name": p.name, "pricing": {"USD": {"monthly": str(p.monthly), "annually": "-1.00"}}}
        for at, p in enumerate(PRODUCTS, 1)
    ]
    return {"totalresults": len(found), "products": {"product": found}}


ANSWERS: dict[str, dict[str, Any]] = {
    "whmcsdetails": {"whmcs": {"version": "8.13.1", "canonicalversion": "8.13.1-release.1"}},
    "getinvoices": _invoices(),
    "getproducts": _products(),
    "gethealthstatus": {"checks": {"success": [], "warning": [], "danger": []}},
}
