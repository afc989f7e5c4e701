"""Addresses and messages as they may be shown and compared."""

import re
from urllib.parse import urlsplit

_HASHES = re.compile(r"[0-9a-fA-F]{6,}|(?<!HTTP )(?<!\d)\d+|(?<=[-.])(?=\w*\d)\w{6,}(?=\.)")


_LATE = re.compile(r"(?:\w+\.)?(\w+): Timeout (\d+(?:\.\d+)?)ms exceeded")


def lateness(message: str) -> str:
    """Return what the browser's driver says of a step that took too long in words of our own, else its first line."""
    first = message.split("\n", maxsplit=1)[0]
    found = _LATE.search(first)
    return f"no end of {found[1].replace('_', ' ')!r} within {float(found[2]) / 1000:g} s" if found else first


def stable(text: str) -> str:
    """Return *text* without what differs from build to build: hashes and numbers."""
    return _HASHES.sub("*", text)


def shown(url: str) -> str:
    """Return *url* without query and fragment, which may hold secrets."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else url[:60]
