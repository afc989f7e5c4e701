"""Say which phase failed and why, in words, from whatever the layers below raised."""

import errno
import socket
import ssl
from collections.abc import Iterator

import anyio

from smoke.http._httpx import httpx
from smoke.http.body import Undecodable
from smoke.http.connection import Phase, Progress
from smoke.http.exchange import EXPIRED, Failure, FailureKind
from smoke.http.routing import Route

CAUGHT = (
    httpx.HTTPError,
    OSError,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
    Undecodable,
)
"""All that a target, or the way to it, can make the layers below raise."""

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL})
_PENDING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
_LOST = (ConnectionError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream)

# OpenSSL's X509_V_ERR_* numbers (openssl/x509_vfy.h).
_CERTIFICATE = {
    9: "the certificate is not valid yet",
    10: EXPIRED,
    18: "the certificate is self-signed",
    19: "the certificate's issuer is unknown (a self-signed certificate in its chain)",
    20: "the certificate's issuer is unknown",
    21: "the certificate's issuer is unknown (incomplete chain)",
    23: "the certificate was revoked",
    62: "the certificate is for another name",
    64: "the certificate is for another address",
}
_NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"}
)


def classify(error: BaseException, progress: Progress, route: Route, limits_s: tuple[float, float]) -> Failure:
    """
    Return the failure that *error* means.

    *limits_s* are the limits for connecting and for the whole exchange, in seconds.
    """
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return timed_out(progress, route, limits_s)
    causes = list(_causes(error))
    if route.proxy and progress.phase is Phase.CONNECT:
        return Failure(FailureKind.UNREACHABLE, f"no connection to the proxy {route.proxy.address} ({_reason(causes)})")
    for cause in causes:
        if isinstance(cause, Undecodable):
            return Failure(FailureKind.ENCODING, str(cause))
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _PENDING):
            refused = isinstance(cause, ssl.SSLCertVerificationError)
            why = _tls(cause)
            return Failure(FailureKind.TLS, f"TLS with {route} failed: {why}", why if refused else "")
        if isinstance(cause, httpx.ProxyError):
            return Failure(FailureKind.UNREACHABLE, f"the way to {route} is barred: it answered {cause}")
    return _connecting(causes, route) or _talking(causes, progress, route)


def timed_out(progress: Progress, route: Route, limits_s: tuple[float, float]) -> Failure:
    """Return the failure of an exchange that took too long, in the phase that it had reached."""
    connect_s, whole_s = limits_s
    if progress.phase is Phase.CONNECT:
        limit_s = min(connect_s, whole_s)
        return Failure(FailureKind.CONNECT_TIMEOUT, f"no connection to {route} within {limit_s:g} s")
    if progress.phase is Phase.TLS:
        return Failure(
            FailureKind.TIMEOUT, f"the TLS handshake with {route} did not end within {min(connect_s, whole_s):g} s"
        )
    so_far = f" after {progress.received} bytes" if progress.received else ""
    return Failure(
        FailureKind.TIMEOUT, f"no complete answer within {whole_s:g} s: stuck {progress.phase.value}{so_far}"
    )


def _connecting(causes: list[BaseException], route: Route) -> Failure | None:
    """Return what kept the connection from being made; a name that failed is told before an address that did."""
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            name = route.target[0]
            return Failure(FailureKind.NAME, f"the name {name} does not resolve ({cause.strerror})")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Failure(FailureKind.REFUSED, f"{route} refused the connection")
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return Failure(FailureKind.UNREACHABLE, f"{route} cannot be reached ({cause.strerror})")
    return None


def _talking(causes: list[BaseException], progress: Progress, route: Route) -> Failure:
    refused = next((cause for cause in causes if isinstance(cause, httpx.LocalProtocolError)), None)
    if refused:
        return Failure(FailureKind.PROTOCOL, f"the request cannot be sent as HTTP ({refused})")
    garbled = next((cause for cause in causes if isinstance(cause, httpx.RemoteProtocolError)), None)
    if garbled and progress.received and not _cut_short(garbled):
        return Failure(FailureKind.PROTOCOL, f"{route} answered something that is not HTTP ({garbled})")
    if garbled or any(isinstance(cause, _LOST) for cause in causes):
        return Failure(FailureKind.RESET, _lost(progress, route))
    if progress.phase is Phase.CONNECT:
        return Failure(FailureKind.UNREACHABLE, f"no connection to {route} ({_reason(causes)})")
    return Failure(FailureKind.RESET, f"{_lost(progress, route)} ({_reason(causes)})")


def _cut_short(error: httpx.RemoteProtocolError) -> bool:
    # The wording of h11 0.16 (`_readers.py`) for a body that ends before its declared length or last chunk.
    return str(error).startswith("peer closed connection")


def _lost(progress: Progress, route: Route) -> str:
    if progress.phase is Phase.TLS:
        return f"{route} closed the connection during the TLS handshake"
    if progress.received:
        return f"{route} closed the connection in the middle of the answer, after {progress.received} bytes"
    return f"{route} closed the connection without an answer"


def _tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(error.verify_code, f"the certificate is not accepted ({error.verify_message})")
    if error.reason in _NOT_TLS:
        return "the port does not speak TLS"
    return f"the handshake was refused ({error.reason or error.strerror or type(error).__name__})"


def _reason(causes: list[BaseException]) -> str:
    deepest = causes[-1]
    return (deepest.strerror if isinstance(deepest, OSError) else str(deepest)) or type(deepest).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and all that led to it, groups included, each once."""
    todo, seen = [error], set[int]()
    while todo:
        current = todo.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            todo += current.exceptions
        todo += [cause for cause in (current.__cause__, current.__context__) if cause]
