"""The certificate that a host was accepted with."""

import ssl
from collections.abc import Iterable
from typing import Any

from smoke.http._httpx import httpx
from smoke.http.exchange import Certificate


def accepted(response: httpx.Response) -> Certificate | None:
    """Return the certificate of the host that answered; None without TLS."""
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("ssl_object") if stream is not None else None
    shown = connection.getpeercert() if connection is not None else None
    return _read(shown) if shown else None


def _read(shown: dict[str, Any]) -> Certificate:
    issuer = dict(pair for part in shown.get("issuer", ()) for pair in part)
    return Certificate(
        names=tuple(value for _, value in _pairs(shown.get("subjectAltName", ()))),
        issuer=issuer.get("organizationName") or issuer.get("commonName") or "",
        not_before=float(ssl.cert_time_to_seconds(shown["notBefore"])),
        not_after=float(ssl.cert_time_to_seconds(shown["notAfter"])),
    )


def _pairs(found: Iterable[Any]) -> Iterable[tuple[str, str]]:
    return ((str(kind), str(value)) for kind, value in found)
