"""
What somebody who is not the release says in JSON, or why that cannot be read and whose doing that is.

Whatever comes in place of the answer says nothing about the release: a system that is down is a dependency's trouble,
a refusal is one of our credential, and rubbish may mean a wrong address.
"""

from collections.abc import Container
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from smoke.dependencies.answer import (
    Answer,
    by_status,
    down,
    json_of,
    looks_like_html,
    refused,
    unknown,
    without_answer,
)
from smoke.http import Exchange
from smoke.verdict.words import Cause

OK = frozenset({200})
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON *document* with its *status*; *trouble* says why there is none."""

    document: Any = None
    status: int | None = None
    trouble: Answer | None = None


def reply_of(name: str, exchange: Exchange, statuses: Container[int | None] = OK) -> Reply:
    """Read the answer of *name*, whose own words come with one of *statuses*; pure, whatever came."""
    document = json_of(exchange) if exchange.failure is None and exchange.status in statuses else None
    if document is not None:
        return Reply(document, exchange.status)
    return Reply(status=exchange.status, trouble=without_answer(name, exchange) or _trouble(name, exchange))


def odd(name: str, what: str) -> Answer:
    """Return that JSON came which is not what the API of *name* is documented to say."""
    return unknown(f"{name} answered JSON, but {what}; check the address in the environment file", Cause.DEPENDENCY)


def told(text: object) -> str:
    """Return foreign words as one printable line of bounded length."""
    line = "".join(one if one.isprintable() else " " for one in str(text)[:LONGEST])
    return " ".join(line.split())


def _trouble(name: str, exchange: Exchange) -> Answer:
    status = exchange.status or 0
    found = f"{name} answered {exchange.outline()}"
    if status in range(300, 400):
        return refused(f"{found}, a redirect{_target(exchange)}: a login may stand before it")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = told(exchange.headers.get("retry-after", ""))[:40]
        again = f"; it may be asked again in {wait} s" if wait.isdecimal() else ""
        return down(f"{found}: it is asked too often{again}")
    if exchange.truncated:
        return unknown(f"{found}, longer than limits.body_bytes; raise that")
    empty = not exchange.body.strip()
    if exchange.is_ok and not looks_like_html(exchange):
        return down(f"{found} with {'an empty body' if empty else 'invalid JSON'}")
    return by_status(name, exchange)


def _target(exchange: Exchange) -> str:
    try:
        host = urlsplit(exchange.headers.get("location", "")).hostname
    except ValueError:
        host = None
    return f" to {told(host)}" if host else ""
