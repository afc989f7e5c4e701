"""Cookies of a login: what a browser would keep of them, as one `Cookie` header."""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from smoke.http import Exchange

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts on which browsers keep Secure cookies over plain HTTP."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """One `Set-Cookie` line; attribute names are lower-case."""

    name: str
    value: str
    attributes: dict[str, str]

    def __repr__(self) -> str:
        return f"Cookie({self.name!r})"


def cookies_of(exchange: Exchange) -> list[Cookie]:
    """Return the cookies that an answer sets; a line without a name sets none."""
    lines = [value for name, value in exchange.header_list if name == "set-cookie"]
    return [cookie for cookie in map(_parse, lines) if cookie.name]


def kept(cookies: list[Cookie], url: str, now: float) -> list[Cookie]:
    """Return what a browser would keep of *cookies* from *url*; of one name the last line counts."""
    stored: dict[str, Cookie] = {}
    for cookie in cookies:
        stored.pop(cookie.name, None)
        if not dropped(cookie, url, now):
            stored[cookie.name] = cookie
    return list(stored.values())


def header(cookies: list[Cookie], url: str, now: float) -> str:
    """Return the `Cookie` header a browser would send to *url*'s host."""
    return "; ".join(f"{one.name}={one.value}" for one in kept(cookies, url, now))


def dropped(cookie: Cookie, url: str, now: float) -> str | None:
    """Say why a browser would not keep *cookie* from *url*, or None if it would (RFC 6265bis, section 5.7)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    attributes = cookie.attributes
    secure = "secure" in attributes
    domain = attributes.get("domain", "").lstrip(".").lower()
    reasons = {
        "it is deleted": not cookie.value or _expired(attributes, now),
        "it is Secure, but came over plain HTTP": secure and parts.scheme != "https" and host not in LOOPBACK,
        "it is SameSite=None without Secure": attributes.get("samesite", "").lower() == "none" and not secure,
        f"its Domain={domain} is another host's": domain and host != domain and not host.endswith(f".{domain}"),
        "its name demands Secure": cookie.name.startswith(("__Secure-", "__Host-")) and not secure,
        "its name demands Path=/ and no Domain": cookie.name.startswith("__Host-")
        and (domain or attributes.get("path") != "/"),
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _parse(line: str) -> Cookie:
    pair, *rest = line.split(";")
    name, equals, value = pair.partition("=")
    attributes = {}
    for part in rest:
        key, _, content = part.partition("=")
        attributes[key.strip().lower()] = content.strip()
    return Cookie(name.strip() if equals else "", value.strip(), attributes)


def _expired(attributes: dict[str, str], now: float) -> bool:
    if "max-age" in attributes:
        age = attributes["max-age"]
        return age.removeprefix("-").isdecimal() and (age.startswith("-") or not age.strip("0"))
    try:
        return parsedate_to_datetime(attributes["expires"]).timestamp() <= now if "expires" in attributes else False
    except (ValueError, OverflowError):
        return False
