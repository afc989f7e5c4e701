"""Texts that a person reads when a page has failed although it was served with 200."""

import re

PHRASES = (
    "application error",
    "bad gateway",
    "gateway timeout",
    "internal server error",
    "service unavailable",
    "something went wrong",
    "this site is under maintenance",
    "down for maintenance",
    "under maintenance",
    "we'll be back soon",
    "we will be back soon",
    "an unexpected error has occurred",
    "unhandled runtime error",
)
"""Whole-page errors of the usual frameworks, proxies and maintenance pages, in lower case."""

_ANY = re.compile("|".join(rf"\b{re.escape(phrase)}\b" for phrase in PHRASES), re.IGNORECASE)


def error_phrase(text: str) -> str | None:
    """Return the first error phrase that *text*, as a person sees it, holds, or None."""
    found = _ANY.search(text.replace("\u2019", "'"))
    return found[0] if found else None
