"""Whose host a request goes to, and what its failures are called."""

import pytest

from smoke.browser.failures import failure_kind, net_error, plain
from smoke.browser.hosts import Hosts, Party
from smoke.environment.environment import Environment
from smoke.http.exchange import FailureKind

HOSTS = Hosts.of(
    Environment.model_validate(
        {
            "name": "portal/x",
            "tier": "dev",
            "services": {"web": {"url": "https://portal.test"}, "bff": {"url": "http://localhost:4000/api"}},
            "browser": {"allowed_hosts": ["js.pay.test"]},
        }
    )
)


@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://portal.test/x", Party.OWN),
        ("http://portal.test/x", Party.OWN),
        ("wss://portal.test/live", Party.OWN),
        ("http://localhost:4000/api", Party.OWN),
        ("data:text/plain,x", Party.OWN),
        ("blob:https://other.test/1", Party.OWN),
        ("https://js.pay.test/v3", Party.ALLOWED),
        ("http://localhost:3001/api", Party.PRIVATE),
        ("http://10.0.0.7/api", Party.PRIVATE),
        ("http://[::1]:3000/", Party.PRIVATE),
        ("http://api.internal/", Party.PRIVATE),
        ("https://portal.test:8443/x", Party.UNKNOWN),
        ("https://staging.portal.test/", Party.UNKNOWN),
        ("https://pay.test/", Party.UNKNOWN),
        ("https://portal.test:99999999/", Party.UNKNOWN),
    ],
)
def test_parties(url: str, party: Party) -> None:
    """Services are own by host and port, third parties by exact name; the rest is private or unknown."""
    assert HOSTS.party(url) is party


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("ERR_NAME_NOT_RESOLVED", FailureKind.NAME),
        ("ERR_INTERNET_DISCONNECTED", FailureKind.UNREACHABLE),
        ("ERR_PROXY_CONNECTION_FAILED", FailureKind.UNREACHABLE),
        ("ERR_CONNECTION_REFUSED", FailureKind.REFUSED),
        ("ERR_CONNECTION_TIMED_OUT", FailureKind.CONNECT_TIMEOUT),
        ("ERR_CERT_AUTHORITY_INVALID", FailureKind.TLS),
        ("ERR_SSL_PROTOCOL_ERROR", FailureKind.TLS),
        ("ERR_CONNECTION_RESET", FailureKind.RESET),
        ("ERR_EMPTY_RESPONSE", FailureKind.RESET),
        ("ERR_TOO_MANY_REDIRECTS", FailureKind.REDIRECTS),
        ("ERR_INVALID_HTTP_RESPONSE", FailureKind.PROTOCOL),
        ("ERR_ABORTED", None),
    ],
)
def test_network_errors_in_the_words_of_http_checks(error: str, kind: FailureKind | None) -> None:
    """Causes are attributed by the same kinds, whoever saw the failure."""
    assert net_error(f"Page.goto: net::{error} at https://portal.test/") == error
    assert failure_kind(error) is kind
    assert plain(f"Page.goto: net::{error} at https://portal.test/") == f"Page.goto: {error} at https://portal.test/"
