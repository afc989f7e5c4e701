"""What one answer tells of the release: the commit and the version where the probe says that they stand."""

from typing import Any

from smoke.checks._answers import find, not_json, parse, quote
from smoke.checks._health_answer import bare_word
from smoke.environment.services import ReleaseProbe
from smoke.http import Exchange
from smoke.verdict.release import is_commit

LONGEST_NAME = 80
"""No commit has a longer name, with whatever stands before it."""


def commit_of(exchange: Exchange, probe: ReleaseProbe) -> tuple[Any, str | None]:
    """Return what stands where the commit should, and why nothing can stand there."""
    if probe.header is not None:
        return exchange.headers.get(probe.header.lower()), None
    if probe.meta is not None:
        return _meta(exchange, probe.meta)
    if probe.text:
        return _text(exchange)
    return _document(exchange, probe.commit or "")


def _document(exchange: Exchange, at: str) -> tuple[Any, str | None]:
    """Return what stands at a place of a JSON document; or the whole answer, where that is but a commit."""
    wrong = not_json(exchange)
    if wrong is None:
        return find(at, parse(exchange)), None
    if exchange.content_type == "text/plain" and is_commit(exchange.text()):
        return exchange.text().strip(), None
    if bare_word(exchange):
        return None, None
    return None, _admitted(exchange) or wrong


def _meta(exchange: Exchange, name: str) -> tuple[str | None, str | None]:
    from smoke.checks._html import meta  # the HTML parser takes time to load

    if exchange.content_type not in {"text/html", "application/xhtml+xml"}:
        return None, f"{exchange.content_type or 'no content type'} instead of HTML"
    told = meta(exchange.text(), name)
    return told, _admitted(exchange) if told is None else None


def _text(exchange: Exchange) -> tuple[str | None, str | None]:
    """Return the whole of a plain text; what is HTML or JSON is something else in its place."""
    if exchange.content_type in {"text/html", "application/xhtml+xml", "application/json"}:
        return None, _admitted(exchange) or f"{exchange.content_type} instead of plain text"
    return exchange.text().strip()[: LONGEST_NAME + 1], None


def _admitted(exchange: Exchange) -> str | None:
    """Return what an error or maintenance page in the answer's place admits to be."""
    from smoke.checks._html import error_phrase  # the HTML parser takes time to load

    phrase = error_phrase(exchange.text()) if exchange.content_type == "text/html" else None
    return f"a page that says {quote(phrase)}" if phrase else None


def version_of(exchange: Exchange, probe: ReleaseProbe) -> str | None:
    """Return the version where the probe says that it stands, if anything does."""
    if probe.version is None or not_json(exchange):
        return None
    found = find(probe.version, parse(exchange))
    return str(found)[:LONGEST_NAME] if isinstance(found, str | int | float) else None
