"""Origins of addresses: scheme, host and port, told apart as browsers do."""

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int | None]


def origin(url: str) -> Origin | None:
    """Return the origin of *url*, for comparison only; None if it is no address, which is at home nowhere."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None


def same_origin(one: str, other: str) -> bool:
    """Tell whether both addresses have one origin."""
    found = origin(one)
    return found is not None and found == origin(other)
