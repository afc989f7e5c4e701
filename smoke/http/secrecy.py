"""Which parts of a request or an answer prove an identity, by their names."""

import re

MASK = "[hidden]"
"""Stands where a secret was."""

_HEADERS = frozenset({"cookie", "set-cookie"})
_NAMES = re.compile(
    r"passw|secret|token|session|api[-_]?key|access[-_]?key|identifier|signature|csrf|^auth|authorization$|^code$|^sig$|^key$",
    re.IGNORECASE,
)


def is_secret_header(name: str) -> bool:
    """Tell whether the header *name* carries a secret."""
    return name.lower() in _HEADERS or is_secret_field(name)


def is_secret_field(name: str) -> bool:
    """Tell whether a form field, JSON key or query parameter of this *name* carries a secret."""
    return _NAMES.search(name) is not None


def placeholder(name: str) -> str:
    """Return the shell variable that stands for the secret in *name*."""
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "SECRET"
