"""The stand-in for Salesforce satisfies the public client library `simple-salesforce`, and our own probe."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
)

from smoke.demo.release import Credential
from smoke.demo.salesforce import INSTANCE, MOST, Org
from smoke.demo.serving import Serving
from smoke.dependencies import salesforce
from smoke.dependencies.answer import Answer
from smoke.environment.dependencies import SalesforceDirect
from smoke.http.client import HttpClient
from smoke.http.guard import AllowedWrite
from smoke.http.settings import HttpSettings
from tests.dependencies.test_salesforce_token import PAIR

PUBLIC = "https://acme.my.salesforce.com"
USER = "smoke@acme.test"


class Rerouted(HTTPAdapter):
    """Sends what is for Salesforce to the stand-in on loopback, as `--connect-to` would."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def send(self, request: requests.PreparedRequest, *given: Any, **keys: Any) -> requests.Response:
        """Send a request to the stand-in."""
        parts = urlsplit(str(request.url))
        request.headers["Host"] = parts.netloc
        request.url = urlunsplit(("http", f"127.0.0.1:{self.port}", parts.path, parts.query, ""))
        return super().send(request, *given, **keys)


@contextmanager
def serving(org: Org) -> Iterator[int]:
    """Serve the stand-in from a thread of its own, for a client that blocks; yields its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    served = Serving(org.app())
    try:
        yield asyncio.run_coroutine_threadsafe(served.start(), loop).result(30)
    finally:
        asyncio.run_coroutine_threadsafe(served.stop(abruptly=True), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


def org(**more: Any) -> Org:
    """Return an org that knows one consumer, with its secret and its key."""
    return Org(
        PUBLIC,
        (Credential("consumer", "right"),),
        keys={"consumer": PAIR.public},
        users=frozenset({USER}),
        **more,
    )


def client(port: int, **credentials: Any) -> Salesforce:
    """Log in with the public library."""
    session = requests.Session()
    session.mount("https://", Rerouted(port))
    return Salesforce(session=session, consumer_key="consumer", version="67.0", **credentials)


CREDENTIALS = {"consumer_secret": "right", "domain": "acme.my"}
ASSERTION = {"username": USER, "privatekey": PAIR.private, "domain": "login", "instance_url": "acme.my"}


@pytest.mark.parametrize("credentials", [CREDENTIALS, ASSERTION], ids=["client credentials", "JWT bearer"])
def test_the_public_client_works(credentials: dict[str, Any]) -> None:
    """It logs in by either grant, queries and reads the limits."""
    with serving(org()) as port:
        found = client(port, **credentials)
        records = found.query("SELECT InstanceName,IsSandbox FROM Organization")["records"]
        limits = found.limits()

    assert records[0]["InstanceName"] == INSTANCE
    assert limits["DailyApiRequests"] == {"Max": MOST, "Remaining": MOST - 1}
    assert found.api_usage["api-usage"].used == 2


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({**CREDENTIALS, "consumer_secret": "wrong"}, "invalid client credentials"),
        ({**ASSERTION, "username": "stranger@acme.test"}, "hasn't approved"),
        ({**ASSERTION, "domain": "test"}, "audience"),
    ],
)
@pytest.mark.filterwarnings("ignore:[\\s\\S]*self-authorize")
def test_the_public_client_is_refused(credentials: dict[str, Any], said: str) -> None:
    """Refusals come as that client expects them."""
    with serving(org()) as port, pytest.raises(SalesforceAuthenticationFailed, match=said):
        client(port, **credentials)


def test_the_public_client_understands_the_errors() -> None:
    """An unknown object, a used-up quota and an ended session are what it knows; after the last it logs in again."""
    acme = org()
    with serving(acme) as port:
        found = client(port, **CREDENTIALS)
        with pytest.raises(SalesforceMalformedRequest):
            found.query("SELECT Id FROM Nothing")
        acme.calls = MOST
        with pytest.raises(SalesforceRefusedRequest):
            found.limits()
        acme.calls = 0
        acme.tokens.clear()
        assert found.limits()["DailyApiRequests"]["Max"] == MOST
        acme.strangers = frozenset({"consumer"})
        acme.tokens.clear()
        with pytest.raises(SalesforceExpiredSession):
            found.limits()


def test_our_own_probe_works_on_the_same_org() -> None:
    """What satisfies the public client satisfies the probe, by an assertion too."""
    acme, known = org(), {"ID": "consumer", "USER": USER, "KEY": PAIR.private}

    async def ask() -> Answer:
        async with HttpClient(HttpSettings(run_id="test", writes=(token_write(acme.url),))) as http:
            means = salesforce.Means(http, lambda one: known[str(getattr(one, "env", ""))], 5.0, time.time())
            return salesforce.read(await salesforce.ask(means, bearer(acme.url)))

    with serving(acme) as port:
        acme.url = f"http://127.0.0.1:{port}"
        assert asyncio.run(ask()).facts == {"instance": INSTANCE}


def bearer(url: str) -> SalesforceDirect:
    """Return how to ask as a user."""
    keys = {"client_id": {"env": "ID"}, "username": {"env": "USER"}, "private_key": {"env": "KEY"}}
    return SalesforceDirect.model_validate({"url": url, **keys})


def token_write(url: str) -> AllowedWrite:
    """Allow the request for a token, as the environment of such a dependency does."""
    return AllowedWrite("dependency:", frozenset({"POST"}), f"{url}/*")
