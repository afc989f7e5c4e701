"""Tests of telling failures apart that no server on loopback can make."""

import errno
import os
import socket
import ssl

import httpx
import pytest

from smoke.http import FailureKind
from smoke.http.connection import Phase, Progress
from smoke.http.failures import classify
from smoke.http.routing import Proxy, Route

STRAIGHT = Route(("portal.example.jp", 443), ("portal.example.jp", 443))
ELSEWHERE = Route(("portal.example.jp", 443), ("10.0.0.7", 8443))
PROXIED = Route(("portal.example.jp", 443), ("portal.example.jp", 443), Proxy("http://me:hush@proxy.example:3128"))
LIMITS_S = (5.0, 10.0)


def caused(*causes: Exception, outer: Exception | None = None) -> Exception:
    """Return an error as httpx raises it, caused by one or several others."""
    error = outer or httpx.ConnectError("All connection attempts failed")
    error.__cause__ = causes[0] if len(causes) == 1 else ExceptionGroup("several", causes)
    return error


def trouble(number: int) -> OSError:
    """Return the error for this number, of its own class."""
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("causes", "kind", "words"),
    [
        ((trouble(errno.ENETUNREACH),), FailureKind.UNREACHABLE, "cannot be reached (Network is unreachable)"),
        ((trouble(errno.EHOSTUNREACH),), FailureKind.UNREACHABLE, "cannot be reached"),
        (
            (trouble(errno.EACCES),),
            FailureKind.UNREACHABLE,
            "no connection to portal.example.jp:443 (Permission denied)",
        ),
        ((trouble(errno.EMFILE),), FailureKind.UNREACHABLE, "Too many open files"),
        ((trouble(errno.ENETUNREACH), trouble(errno.ECONNREFUSED)), FailureKind.REFUSED, "refused the connection"),
        ((socket.gaierror(socket.EAI_AGAIN, "try later"),), FailureKind.NAME, "does not resolve (try later)"),
        ((trouble(errno.ETIMEDOUT),), FailureKind.UNREACHABLE, "(Connection timed out)"),
        ((trouble(errno.ECONNRESET),), FailureKind.RESET, "closed the connection without an answer"),
    ],
)
def test_connecting(causes: tuple[Exception, ...], kind: FailureKind, words: str) -> None:
    """What keeps a connection from being made is told by its cause, of several the most telling."""
    failure = classify(caused(*causes), Progress(), STRAIGHT, LIMITS_S)
    assert failure.kind is kind
    assert words in failure.message


def test_address_is_told() -> None:
    """Where a connection was sent elsewhere, the message names both."""
    failure = classify(caused(trouble(errno.ECONNREFUSED)), Progress(), ELSEWHERE, LIMITS_S)
    assert failure.message == "portal.example.jp:443 at 10.0.0.7:8443 refused the connection"


def test_certificate_with_a_new_reason() -> None:
    """A refusal of a certificate that we have no words for is told in OpenSSL's."""
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 68, "CA signature digest algorithm too weak"
    failure = classify(caused(error), Progress(Phase.TLS), STRAIGHT, LIMITS_S)
    assert failure.kind is FailureKind.TLS
    assert "not accepted (CA signature digest algorithm too weak)" in failure.message


@pytest.mark.parametrize("cause", [trouble(errno.ECONNREFUSED), socket.gaierror(-2, "Name or service not known")])
def test_proxy_is_to_blame(cause: OSError) -> None:
    """What fails on the way to a proxy is never told as the target's failure, nor with the proxy's password."""
    failure = classify(caused(cause), Progress(), PROXIED, LIMITS_S)
    assert failure.kind is FailureKind.UNREACHABLE
    assert failure.message == f"no connection to the proxy http://proxy.example:3128 ({cause.strerror})"


def test_circular_causes() -> None:
    """Errors that name each other as cause do not loop."""
    one, other = httpx.ReadError("one"), httpx.ReadError("other")
    one.__cause__, other.__cause__ = other, one
    failure = classify(one, Progress(Phase.READ, received=7), STRAIGHT, LIMITS_S)
    assert failure.kind is FailureKind.RESET
    assert "after 7 bytes" in failure.message
