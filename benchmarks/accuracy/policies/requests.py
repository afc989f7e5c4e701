"""The requests of the collection: what a careful user would list, with status and schema of each answer."""

from dataclasses import dataclass
from typing import Any

from benchmarks.accuracy.policies.site import API, WEB

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
MONEY: dict[str, Any] = {"type": "string", "pattern": r"^\d+\.\d{2}$"}
DATE: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _listing(**item: Any) -> dict[str, Any]:
    return _object(items={"type": "array", "minItems": 1, "items": _object(**item)}, total={"type": "integer"})


@dataclass(frozen=True, slots=True)
class Listed:
    """One request and what its answer must be; without a *schema* a page must *contain* a text."""

    name: str
    url: str
    schema: dict[str, Any] | None = None
    contains: str = ""
    logs_in: bool = False


COLLECTION = (
    Listed("API health", f"{API}/health", _object(status={"const": "ok"}, version=TEXT)),
    Listed("web health", f"{WEB}/_health", _object(status={"const": "ok"})),
    Listed("home page", f"{WEB}/", contains="Customer Portal"),
    Listed("login page", f"{WEB}/login", contains="Customer Portal"),
    Listed("tenant", f"{API}/tenant", _object(name=TEXT, environment=TEXT, currency=TEXT)),
    Listed("catalogue", f"{API}/catalogue", _listing(sku=TEXT, name=TEXT, monthly=MONEY)),
    Listed("log in", f"{API}/auth/login", _object(user=_object(email=TEXT)), logs_in=True),
    Listed("who am I", f"{API}/auth/me", _object(email=TEXT, name=TEXT)),
    Listed("invoices", f"{API}/invoices", _listing(number=TEXT, total=MONEY, status=TEXT, issuedOn=DATE)),
    Listed("subscriptions", f"{API}/subscriptions", _listing(product=TEXT, monthly=MONEY, status=TEXT)),
    Listed("contact", f"{API}/account/contact", _object(name=TEXT, email=TEXT)),
    Listed("third parties", f"{API}/auth/health-check", _object(services=_object(salesforce={}, whmcs={}))),
    Listed("queues", f"{API}/health/queues", _object(status={"const": "ok"})),
)
