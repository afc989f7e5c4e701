"""Which headers a request carries for the sake of the service that it goes to."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from smoke.environment.environment import Environment
from smoke.environment.secrets import Reveal, Secret
from smoke.environment.sent_headers import SentHeader
from smoke.environment.services import Service
from smoke.errors import SecretMissing
from smoke.http.origins import Origin, origin

Carry = Callable[[str, frozenset[str]], dict[str, str]]
"""Returns the headers of a request to a URL by lower-case name, but for those named; raises SecretMissing."""

_FIT = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
"""What a header can carry, as far as servers agree about it (RFC 9110, section 5.5)."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An address that a service is asked at."""

    name: str
    service: Service
    origin: Origin | None
    path: str

    def below(self, url: str) -> str | None:
        """Return what follows the address in *url*; None if it leads elsewhere."""
        found = origin(url)
        if found is None or found != self.origin:
            return None
        path = urlsplit(url).path or "/"
        return path[len(self.path) :] or "/" if f"{path}/".startswith(f"{self.path}/") else None


def nothing(_url: str, _unsent: frozenset[str]) -> dict[str, str]:
    """Carry no header."""
    return {}


def carrier(environment: Environment, secret: Reveal, *, browser: bool = False) -> Carry:
    """
    Return what tells the headers of requests to the services of *environment*; those of a *browser* are fewer.

    Nothing is told but for a URL of a service: its origin, and below its path. Of services that share an origin the one
    with the longest path counts. Values are looked up with *secret* when first needed.
    """
    places = _places(environment)
    known: dict[SentHeader, str] = {}

    def value(place: _Place, name: str, header: SentHeader) -> str:
        if header not in known:
            known[header] = _value(header, name, place.name, secret)
        return known[header]

    def carry(url: str, unsent: frozenset[str]) -> dict[str, str]:
        for place in places:
            path = place.below(url)
            if path is not None:
                left_out = unsent | (place.service.left_to_pages if browser else frozenset())
                wanted = ((name, one) for name, one in place.service.headers.items() if name.lower() not in left_out)
                return {name.lower(): value(place, name, one) for name, one in wanted if one.covers(path)}
        return {}

    return carry


def by_hand(environment: Environment, url: str, unsent: frozenset[str]) -> Iterator[str]:
    """Yield curl's options for what a request to *url* carries; variables of the shell stand for the values."""
    for place in _places(environment):
        path = place.below(url)
        if path is not None:
            wanted = ((name, one) for name, one in place.service.headers.items() if name.lower() not in unsent)
            yield from (option(name, one, one.scheme) for name, one in wanted if one.covers(path))
            return


def option(name: str, value: Secret, scheme: str | None = None) -> str:
    """Return curl's option for a header whose value stands in a variable, or in a file."""
    held = f"${value.env}" if value.env else f"$(cat {value.file})"
    if (scheme or "").lower() == "basic":
        return f'-u "{held}"'
    return f'-H "{name}: {scheme} {held}"' if scheme else f'-H "{name}: {held}"'


def _places(environment: Environment) -> list[_Place]:
    """Return the addresses of all services, those with the longest paths first."""
    places = [
        _Place(name, service, origin(url), urlsplit(url).path.rstrip("/"))
        for name, service in environment.services.items()
        for url in filter(None, (service.url, service.origin))
    ]
    return sorted(places, key=lambda one: -len(one.path))


def _value(header: SentHeader, name: str, service: str, secret: Reveal) -> str:
    """Return the value of *header*; raises SecretMissing, which says what it is for."""
    try:
        given = secret(header)
    except SecretMissing as missing:
        raise SecretMissing(f"requests to {service} carry {name}, but {missing}") from None
    if not _FIT.fullmatch(given):
        where = header.env or header.file
        raise SecretMissing(
            f"requests to {service} carry {name}, but {where} holds what no header can; "
            "put visible ASCII into it, one line"
        )
    if header.scheme is None:
        return given
    return f"{header.scheme} {base64.b64encode(given.encode()).decode() if _is_basic(header, given) else given}"


def _is_basic(header: SentHeader, given: str) -> bool:
    """Tell whether *given* is user and password still, which Basic wants encoded (RFC 7617)."""
    return (header.scheme or "").lower() == "basic" and ":" in given
