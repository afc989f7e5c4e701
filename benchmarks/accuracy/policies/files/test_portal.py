"""Smoke tests of the portal as a careful user of pytest and httpx writes them: each promise asked once."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

API = "https://api.portal.demo.test"
WEB = "https://portal.demo.test"
STATE = Path(os.environ["PORTAL_STATE"]) / "demo"


class ConnectTo(httpx.BaseTransport):
    """Leads the public names to where they are."""

    def __init__(self) -> None:
        split = (line.split(":") for line in _file("connect-to").splitlines())
        self._rules = {host: (to, int(to_port)) for host, _, to, to_port in split}
        context = ssl.create_default_context(cafile=str(STATE / "ca.pem"))
        self._inner = httpx.HTTPTransport(verify=context, limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request*."""
        to, port = self._rules[request.url.host]
        extensions = {**request.extensions, "sni_hostname": request.url.host}
        url = request.url.copy_with(host=to, port=port)
        sent = httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions)
        return self._inner.handle_request(sent)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def _file(name: str) -> str:
    return (STATE / name).read_text(encoding="utf-8").strip()


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """Return a client."""
    with httpx.Client(transport=ConnectTo(), timeout=10) as client:
        yield client


@pytest.fixture(scope="session")
def session(client: httpx.Client) -> httpx.Client:
    """Return the client, logged in."""
    who = {"email": _file("customer-user"), "password": _file("customer-password")}
    client.post(f"{API}/auth/login", json=who).raise_for_status()
    return client


def test_api_serves_the_release(client: httpx.Client) -> None:
    """The API is well and runs the commit that was announced."""
    health = client.get(f"{API}/health").raise_for_status().json()
    assert health["status"] == "ok"
    assert health["version"] == os.environ["PORTAL_COMMIT"]


def test_web_serves_the_release(client: httpx.Client) -> None:
    """The pages are well and of the commit that was announced."""
    health = client.get(f"{WEB}/_health").raise_for_status().json()
    assert health["version"] == os.environ["PORTAL_COMMIT"]


@pytest.mark.parametrize("path", ["/", "/login"])
def test_page(client: httpx.Client, path: str) -> None:
    """The page is there."""
    assert "Customer Portal" in client.get(f"{WEB}{path}").raise_for_status().text


def test_catalogue(client: httpx.Client) -> None:
    """There is something to order."""
    assert client.get(f"{API}/catalogue").raise_for_status().json()["items"]


def test_third_parties(client: httpx.Client) -> None:
    """Salesforce and WHMCS answer."""
    services = client.get(f"{API}/auth/health-check").raise_for_status().json()["services"]
    assert {name: one["status"] for name, one in services.items()} == {"salesforce": "up", "whmcs": "up"}


def test_anonymous_is_refused() -> None:
    """Nobody sees invoices without logging in."""
    with httpx.Client(transport=ConnectTo(), timeout=10) as anonymous:
        assert anonymous.get(f"{API}/invoices").status_code == httpx.codes.UNAUTHORIZED


def test_login(session: httpx.Client) -> None:
    """Whoever logged in is known."""
    assert session.get(f"{API}/auth/me").raise_for_status().json()["email"] == _file("customer-user")


@pytest.mark.parametrize("path", ["/invoices", "/subscriptions"])
def test_account(session: httpx.Client, path: str) -> None:
    """The customer has some."""
    assert session.get(f"{API}{path}").raise_for_status().json()["items"]


def test_contact(session: httpx.Client) -> None:
    """Salesforce knows the customer's contact."""
    assert "@" in session.get(f"{API}/account/contact").raise_for_status().json()["email"]
