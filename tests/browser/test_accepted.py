"""Which certificates of services the browser is told to accept."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from smoke.browser.accepted import accepted
from smoke.browser.certificates import fingerprint
from smoke.environment.connect_to import ConnectTo, Rule
from smoke.environment.environment import Environment
from tests.browser.site import running
from tests.http.authority import PUBLIC, authority, bundle, certificate, stranger


def environment(url: str = f"https://{PUBLIC}", **changes: Any) -> Environment:
    """Return an environment with one service."""
    return Environment.model_validate({"name": "portal/x", "tier": "dev", "services": {"web": {"url": url}}, **changes})


@contextmanager
def led_to(context: ssl.SSLContext) -> Iterator[ConnectTo]:
    """Lead the public name to a server with *context*."""
    with running(context) as site:
        yield ConnectTo((Rule("", None, "127.0.0.1", site.port),))


def test_what_the_authority_vouches_for(tmp_path: Path) -> None:
    """The server's own certificate is named, though it does not send the authority's along."""
    with led_to(certificate(PUBLIC)) as rules:
        (key,) = accepted(environment(), rules, bundle(tmp_path))

    assert key != fingerprint(ssl.PEM_cert_to_DER_cert(authority().cert_pem.bytes().decode()))
    assert len(key) == 44


@pytest.mark.parametrize(
    "shown", [certificate("other.example.jp"), certificate(PUBLIC, expired=True), certificate(PUBLIC, ca=stranger())]
)
def test_what_it_does_not(shown: ssl.SSLContext, tmp_path: Path) -> None:
    """A wrong name, a wrong date and a wrong authority are not accepted by the browser either."""
    with led_to(shown) as rules:
        assert accepted(environment(), rules, bundle(tmp_path)) == ()


def test_who_is_not_asked(tmp_path: Path) -> None:
    """Nobody is asked without a bundle, over plain HTTP, or where nobody answers."""
    assert accepted(environment(), ConnectTo(), None) == ()
    assert accepted(environment(f"http://{PUBLIC}"), ConnectTo(), bundle(tmp_path)) == ()
    assert accepted(environment("https://127.0.0.1:1"), ConnectTo(), bundle(tmp_path)) == ()
