"""The JSON document of an answer, or what is wrong with the answer in a few stable words."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from smoke.checks._answers import no_answer, not_json, not_ok, parse
from smoke.http import Exchange

OK = frozenset({200})


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document; *fault* says why there is none."""

    value: Any = None
    fault: str | None = None


def document_of(exchange: Exchange, statuses: Container[int | None] = OK) -> Document:
    """Read the document of an answer whose status must be one of *statuses*; pure, whatever came."""
    fault = no_answer(exchange)
    if fault is None and exchange.status not in statuses:
        fault = not_ok(exchange) or f"HTTP {exchange.status}"
    if fault is None and not_json(exchange):
        # An error page in an error answer is no news: the status says it all.
        error = exchange.is_error
        fault = f"HTTP {exchange.status}" if error else not_json(exchange)
    return Document(fault=fault) if fault else Document(parse(exchange))


def any_document_of(exchange: Exchange) -> Document:
    """Read the document of an answer with any status."""
    return document_of(exchange, {exchange.status})
