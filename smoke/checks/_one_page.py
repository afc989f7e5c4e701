"""Recognise one page that stands in place of every answer, such as a maintenance page, whatever was asked for."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from smoke.error_phrases import maintenance_page
from smoke.http import Exchange

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_VOLATILE = re.compile(rb"[0-9a-fA-F-]{6,}|\d+")
"""Request ids, times and counts, which differ between two servings of one page."""


def page_facts(wrong: Sequence[Exchange]) -> dict[str, Any]:
    """
    Return what tells that all *wrong* answers were one and the same page; pure.

    `one_page` identifies it, so that other findings can tell that they met it too (see `smoke.verdict.evidence`);
    `closed` is the phrase with which it says that the site is closed for now.
    """
    answered = [one for one in wrong if one.status is not None]
    marks = {_VOLATILE.sub(b"", one.body) if one.content_type in HTML_TYPES else b"" for one in answered}
    if len(marks) != 1 or marks == {b""}:
        return {}
    facts: dict[str, Any] = {"one_page": sha256(marks.pop()).hexdigest()[:12]}
    phrase = _closed(answered[0])
    return {**facts, "closed": phrase} if phrase else facts


def _closed(exchange: Exchange) -> str | None:
    from smoke.checks._html import shown  # the HTML parser takes time to load

    page = shown(exchange.text())
    return maintenance_page(page.text, f"{page.title} {page.heading}")
