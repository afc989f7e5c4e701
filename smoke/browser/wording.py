"""Addresses and messages as they may be shown and compared."""

import re
from urllib.parse import urlsplit

_HASHES = re.compile(r"[0-9a-fA-F]{6,}|(?<!HTTP )(?<!\d)\d+|(?<=[-.])(?=\w*\d)\w{6,}(?=\.)")


def stable(text: str) -> str:
    """Return *text* without what differs from build to build: hashes and numbers."""
    return _HASHES.sub("*", text)


def shown(url: str) -> str:
    """Return *url* without query and fragment, which may hold secrets."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else url[:60]
