"""JSON where JSON is due: what an answer holds, or what is wrong with it in a few stable words."""

from dataclasses import dataclass
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from smoke.http import Exchange

LONGEST = 80
"""How many characters of a found value a message shows."""


@dataclass(frozen=True, slots=True)
class Document:
    """The JSON document of an answer; *fault* says why there is none."""

    value: Any = None
    fault: str | None = None


def document_of(exchange: Exchange, statuses: tuple[int, ...] = (200,)) -> Document:
    """Read the document of an answer whose status must be one of *statuses*; pure, whatever the body holds."""
    if exchange.failure:
        return Document(fault=str(exchange.failure.kind))
    if exchange.status not in statuses:
        return Document(fault=_wrong_status(exchange))
    return any_document_of(exchange)


def any_document_of(exchange: Exchange) -> Document:
    """Read the document of an answer with any status."""
    if exchange.failure:
        return Document(fault=str(exchange.failure.kind))
    fault = _no_json(exchange)
    if fault:
        return Document(fault=fault)
    try:
        return Document(exchange.json())
    except UnicodeDecodeError:
        return Document(fault="a body that is not valid UTF-8")
    except (ValueError, RecursionError):
        return Document(fault="a body that is not valid JSON")


def look_up(expression: str, document: Any) -> Any:
    """Return what lies at a JMESPath *expression*; None for nothing, and where it does not fit the document."""
    try:
        return jmespath.search(expression, document)
    except JMESPathError:
        return None


def shown(value: Any) -> str:
    """Return *value* as a message shows it: quoted text, short."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _no_json(exchange: Exchange) -> str | None:
    if exchange.content_type == "text/html" or exchange.body.lstrip()[:1] == b"<":
        return f"HTTP {exchange.status} with a page where JSON is due"
    if exchange.truncated:
        return "an answer longer than the limit"
    return None if exchange.body.strip() else f"HTTP {exchange.status} with an empty body"


def _wrong_status(exchange: Exchange) -> str:
    location = exchange.headers.get("location")
    if location and exchange.status and exchange.status < 400:  # noqa: PLR2004 - below the error classes
        return f"HTTP {exchange.status} to {location.split('?')[0][:LONGEST]}"
    return f"HTTP {exchange.status}"
