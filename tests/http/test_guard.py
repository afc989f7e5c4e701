"""Tests of the write guard: what the environment names may be written, and nothing else."""

import pytest

from smoke.environment.environment import Environment
from smoke.errors import WriteRefused
from smoke.http import Request
from smoke.http.guard import AllowedWrite, allowed_writes, check_write

API = "https://portal.example.jp/api"


def environment() -> Environment:
    """Return an environment with a login, two writes and both dependencies."""
    salesforce = {"my_domain": "acme", "client_id": {"env": "A"}, "client_secret": {"env": "B"}}
    whmcs = {"url": "https://billing.example.jp/whmcs", "identifier": {"env": "C"}, "secret": {"env": "D"}}
    railway = {"project_id": "p", "environment_id": "e", "service_id": "s", "token": {"env": "E"}}
    return Environment.model_validate(
        {
            "name": "portal/prod",
            "tier": "prod",
            "services": {"bff": {"url": API}},
            "login": {"path": "/auth/login"},
            "writes": [
                {"name": "export", "methods": ["POST", "DELETE"], "path": "/exports*"},
                {"name": "draft", "methods": ["PUT"], "path": "/drafts/*/lines"},
            ],
            "platforms": {"api": {"railway": railway}},
            "dependencies": {"salesforce": {"direct": salesforce}, "whmcs": {"direct": whmcs}},
        }
    )


ALLOWED = [
    ("POST", "https://backboard.railway.com/graphql/v2", "platform:railway"),
    ("GET", f"{API}/anything", None),
    ("HEAD", "https://elsewhere.example/", None),
    ("OPTIONS", f"{API}/exports", None),
    ("get", f"{API}/exports", "unknown"),
    ("POST", f"{API}/exports", "export"),
    ("post", f"{API}/exports?a=/../b", "export"),
    ("DELETE", f"{API}/exports/12", "export"),
    ("DELETE", "https://PORTAL.example.jp:443/api/exports/12", "export"),
    ("PUT", f"{API}/drafts/7/lines", "draft"),
    ("POST", f"{API}/auth/login", "login"),
    ("POST", "https://acme.my.salesforce.com/services/oauth2/token", "dependency:salesforce"),
    ("POST", "https://billing.example.jp/whmcs/includes/api.php", "dependency:whmcs"),
]

REFUSED = [
    ("POST", "https://backboard.railway.com/other", "platform:railway"),
    ("POST", "https://api.vercel.com/v1/projects/p/rollback/d", "platform:vercel"),
    ("DELETE", "https://backboard.railway.com/graphql/v2", "platform:railway"),
    ("POST", f"{API}/exports", None),
    ("POST", f"{API}/exports", "draft"),
    ("POST", f"{API}/exports", "unknown"),
    ("PUT", f"{API}/exports", "export"),
    ("BREW", f"{API}/exports", "export"),
    ("POST", f"{API}/invoices", "export"),
    ("POST", "https://portal.example.jp/exports", "export"),
    ("POST", "http://portal.example.jp/api/exports", "export"),
    ("POST", "https://portal.example.jp:8443/api/exports", "export"),
    ("POST", "https://portal.example.jp:x/api/exports", "export"),
    ("POST", "https://portal.example.jp@evil.example/api/exports", "export"),
    ("POST", f"{API}/exports/../invoices", "export"),
    ("POST", f"{API}/exports/%2e%2e/invoices", "export"),
    ("POST", f"{API}/exports/..%2finvoices", "export"),
    ("POST", f"{API}/exports\\..\\invoices", "export"),
    ("PUT", f"{API}/drafts/7/8/lines", "draft"),
    ("PUT", f"{API}/drafts/7/lines/8", "draft"),
    ("PUT", f"{API}/auth/login", "login"),
    ("POST", f"{API}/auth/logout", "login"),
    ("DELETE", "https://acme.my.salesforce.com/services/data", "dependency:salesforce"),
    ("POST", f"{API}/exports", "dependency:salesforce"),
    ("POST", "https://other.my.salesforce.com/services/oauth2/token", "dependency:salesforce"),
    ("POST", "https://billing.example.jp/other", "dependency:whmcs"),
]


@pytest.mark.parametrize(("method", "url", "write"), ALLOWED)
def test_allowed(method: str, url: str, write: str | None) -> None:
    """Reads pass, and so do named writes where they are named."""
    check_write(Request(method, url, write=write), allowed_writes(environment()))


@pytest.mark.parametrize(("method", "url", "write"), REFUSED)
def test_refused(method: str, url: str, write: str | None) -> None:
    """Everything else is refused, whatever way its address is written."""
    with pytest.raises(WriteRefused):
        check_write(Request(method, url, write=write), allowed_writes(environment()))


def test_messages() -> None:
    """A refusal says what was asked, without its query, and what to do."""
    with pytest.raises(WriteRefused) as refusal:
        check_write(Request("POST", f"{API}/exports?token=hush"), ())
    assert str(refusal.value) == (
        f"POST {API}/exports could change something and names no write; name one of the environment's writes"
    )
    with pytest.raises(WriteRefused, match=r"is not allowed as 'x'; to allow it, add \[\[writes\]\] with this name"):
        check_write(Request("POST", API, write="x"), (AllowedWrite("y", frozenset({"POST"}), API),))
