"""Chromium's network errors in the words that HTTP checks use, so that causes are attributed alike."""

import re
from typing import Any

from smoke.http.exchange import FailureKind

_NET_ERROR = re.compile(r"net::(ERR_\w+)")

_KINDS = (
    (FailureKind.NAME, r"ERR_NAME_NOT_RESOLVED|ERR_NAME_RESOLUTION_FAILED|ERR_DNS_\w+"),
    (
        FailureKind.UNREACHABLE,
        r"ERR_(ADDRESS_UNREACHABLE|INTERNET_DISCONNECTED|NETWORK_ACCESS_DENIED|NETWORK_IO_SUSPENDED|\w*PROXY\w*|TUNNEL_\w+)",
    ),
    (FailureKind.REFUSED, r"ERR_CONNECTION_REFUSED|ERR_CONNECTION_FAILED"),
    (FailureKind.CONNECT_TIMEOUT, r"ERR_CONNECTION_TIMED_OUT"),
    (FailureKind.TLS, r"ERR_(CERT|SSL|BAD_SSL)\w*"),
    (FailureKind.TIMEOUT, r"ERR_TIMED_OUT"),
    (FailureKind.REDIRECTS, r"ERR_TOO_MANY_REDIRECTS"),
    (FailureKind.ENCODING, r"ERR_CONTENT_DECODING_FAILED"),
    (FailureKind.PROTOCOL, r"ERR_INVALID_\w+|ERR_RESPONSE_HEADERS_\w+|ERR_UNEXPECTED|ERR_HTTP2_\w+"),
    (FailureKind.RESET, r"ERR_CONNECTION_\w+|ERR_EMPTY_RESPONSE|ERR_SOCKET_\w+|ERR_NETWORK_CHANGED"),
)
"""In this order, the special before the general (Chromium's `net_error_list.h`)."""


def plain(text: str) -> str:
    """Return *text* without the prefix of Chromium's errors: build logs take two colons before a word for a command."""
    return _NET_ERROR.sub(r"\1", text)


def net_error(text: str) -> str | None:
    """Return the `ERR_…` in a message of Playwright's, or None."""
    found = _NET_ERROR.search(text)
    return found[1] if found else None


def failure_kind(error: str) -> FailureKind | None:
    """Return the phase in which a request failed, or None for an error that no network had a part in."""
    return next((kind for kind, pattern in _KINDS if re.fullmatch(pattern, error)), None)


def failure_facts(error: str) -> dict[str, Any]:
    """Return the facts of a page that did not open; `distrusted` where nobody known vouches for its certificate."""
    kind = failure_kind(error)
    known = {"distrusted": True} if error == "ERR_CERT_AUTHORITY_INVALID" else {}
    return {"failure_kinds": [kind.value], **known} if kind else known
