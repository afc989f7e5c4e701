"""What a direct call to a dependency proves about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Protocol

from smoke.http import Exchange, FailureKind, Request
from smoke.http.exchange import EXPIRED
from smoke.http.too_many import retry_after_s
from smoke.verdict.words import Cause

OURS = frozenset({FailureKind.NAME, FailureKind.UNREACHABLE})
"""Failures that happen on this machine or its network, so they say nothing about the dependency."""


class Sender(Protocol):
    """The part of the HTTP client that a dependency needs."""

    async def send(self, request: Request) -> Exchange:
        """Send one request; failures come back as data."""
        ...


class Standing(StrEnum):
    """How a dependency stands towards us."""

    UP = "up"
    DOWN = "down"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One reading of a direct call; *cause* is None when the dependency is up.

    `REFUSED` means that our credential or address is refused: that proves nothing about the system's own. *facts*
    holds JSON primitives that other findings may use.
    """

    standing: Standing
    message: str
    cause: Cause | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def up(message: str, **facts: Any) -> Answer:
    """Return that the dependency answers us properly."""
    return Answer(Standing.UP, message, facts=facts)


def down(message: str, **facts: Any) -> Answer:
    """Return that the dependency answers nobody properly."""
    return Answer(Standing.DOWN, message, Cause.DEPENDENCY, facts)


def refused(message: str) -> Answer:
    """Return that the dependency refuses our credential, address or permission."""
    return Answer(Standing.REFUSED, message, Cause.CREDENTIALS)


def unknown(message: str, cause: Cause = Cause.SUITE) -> Answer:
    """Return that the call proved nothing."""
    return Answer(Standing.UNKNOWN, message, cause)


def without_answer(name: str, exchange: Exchange) -> Answer | None:
    """Read a failed exchange; None if an answer came."""
    if exchange.failure is None:
        return None
    found = f"{name} gave no answer: {exchange.failure.message}"
    if exchange.failure.kind in OURS:
        return unknown(f"{found}; this machine's network may be at fault", Cause.RUNNER)
    if exchange.failure.certificate and exchange.failure.certificate != EXPIRED:
        return unknown(f"{found}; the address or this machine's trust may be at fault", Cause.RUNNER)
    return down(found)


def by_status(name: str, exchange: Exchange) -> Answer:
    """Read an answer that is not in the dependency's own format by its status and media type alone."""
    status = exchange.status or 0
    found = f"{name} answered {exchange.outline()}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return refused(f"{found}: it limits the requests of this machine or its credential{_until(exchange)}")
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
        return unknown(f"{found}{_leading(exchange)}, which is not an answer of its API; check the address")
    if status in {401, 403, 407}:
        return refused(f"{found}: it refuses this machine or its credential")
    if exchange.is_server_error:
        return down(found)
    if exchange.is_ok:
        return _in_another_format(found, exchange)
    return unknown(f"{found}, which is not an answer of its API; check the address in the environment file")


def _in_another_format(found: str, exchange: Exchange) -> Answer:
    if looks_like_html(exchange):
        return down(f"{found}, a page in place of its API: maintenance, a login page or a wrong address")
    if not exchange.body.strip():
        return down(f"{found} with an empty body")
    return unknown(f"{found}, which is not an answer of its API; check the address in the environment file")


def _until(exchange: Exchange) -> str:
    asked_s = retry_after_s(exchange)
    return f", for {asked_s:.0f} s" if asked_s is not None else ""


def _leading(exchange: Exchange) -> str:
    """Say where a redirect leads, without its query, which may be volatile or secret."""
    location = exchange.headers.get("location", "").partition("?")[0].partition("#")[0]
    return f" to {location[:120]}" if location else ""


def looks_like_html(exchange: Exchange) -> bool:
    """Tell whether the body is a page, whatever its content type says."""
    return exchange.content_type == "text/html" or exchange.body.lstrip()[:1] == b"<"


def json_of(exchange: Exchange) -> Any:
    """Return the body as JSON, or None if it is not JSON."""
    try:
        return exchange.json()
    except (ValueError, RecursionError):
        return None
