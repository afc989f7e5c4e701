"""Whose host a request goes to."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from smoke.environment.environment import Environment

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_INTERNAL = (".local", ".internal", ".localhost", ".localdomain", ".lan")


class Party(StrEnum):
    """Whose host it is."""

    OWN = "own"
    """A service of the environment, or no host at all (`data:`, `blob:`)."""
    ALLOWED = "allowed"
    """A third party that the environment file names."""
    PRIVATE = "private"
    """This machine or a private network: nothing that a user's browser could reach."""
    UNKNOWN = "unknown"
    """Any other host."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts of one environment: *own* as host and port, *allowed* by name."""

    own: frozenset[tuple[str, int]]
    allowed: frozenset[str]

    @classmethod
    def of(cls, environment: Environment) -> "Hosts":
        """Return the hosts that *environment* names."""
        own = frozenset(authority(service.url) for service in environment.services.values())
        return cls(own | frozenset(_with_default_ports(own)), frozenset(environment.browser.allowed_hosts))

    def party(self, url: str) -> Party:
        """Tell whose host *url* names."""
        if urlsplit(url).scheme not in _PORTS:
            return Party.OWN
        host, port = authority(url)
        if (host, port) in self.own:
            return Party.OWN
        if host in self.allowed:
            return Party.ALLOWED
        return Party.PRIVATE if is_private(host) else Party.UNKNOWN


def authority(url: str) -> tuple[str, int]:
    """Return host and effective port of *url*; port 0 when it has none that is valid."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0))
    except ValueError:
        return "", 0


def is_private(host: str) -> bool:
    """Tell whether *host* names this machine or a private network by its own wording; no name is looked up."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(_INTERNAL)
    return not address.is_global


def _with_default_ports(own: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """A service on the default port of https also owns the default port of http, which redirects to it."""
    defaults = set(_PORTS.values())
    return {(host, other) for host, port in own if port in defaults for other in defaults}
