"""Addresses in environment files: plain http and https URLs, and host names."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

from smoke.environment._model import Kind

EXAMPLE = '"https://portal.example.jp/api"'
_HOST = re.compile(r"^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$", re.IGNORECASE)


def check_url(text: str) -> str:
    """Return *text*; raise ValueError unless it is http(s) with a host, without credentials, query and fragment."""
    parts = _split(text)
    if parts.username is not None or parts.password is not None:
        raise ValueError("the URL carries credentials; take them out, since files hold only references to secrets")
    if not is_host(parts.hostname or ""):
        raise ValueError(f"found {text!r}, a URL without a valid host name; write for example {EXAMPLE}")
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise ValueError(f"found {text!r}, but the URL may have no query and no fragment; cut it before '?' or '#'")
    return text


def check_base_url(text: str) -> str:
    """Return *text* without trailing slashes, so that a path can follow; raise ValueError like `check_url`."""
    return check_url(text).rstrip("/")


def check_host(text: str) -> str:
    """Return *text* in lower case; raise ValueError unless it is a bare host name or IP address."""
    if not is_host(text):
        raise ValueError(f"found {text!r}, but a bare host name is needed, without scheme, port and path")
    return text.lower()


def is_host(text: str) -> bool:
    """Tell whether *text* is a host name or an IP address (without brackets)."""
    return bool(_HOST.match(text)) or _ip(text) is not None


def is_loopback(url: str) -> bool:
    """Tell whether *url* leads to this machine by its own wording; no name is looked up."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    ip = _ip(host)
    return ip.is_loopback if ip else host == "localhost" or host.endswith(".localhost")


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in {"http", "https"} and not re.search(r"[\s\\]", text) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        # What is no URL at all may still hold a password before an "@": it is not repeated.
        found = "a text" if "@" in text else repr(text)
        raise ValueError(f"found {found}, which is not an http or https URL; write for example {EXAMPLE}")
    return parts


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


Url = Annotated[str, AfterValidator(check_url), Field(json_schema_extra={"format": "uri"}), Kind("URL")]
BaseUrl = Annotated[str, AfterValidator(check_base_url), Field(json_schema_extra={"format": "uri"}), Kind("URL")]
Host = Annotated[str, AfterValidator(check_host), Kind("host name")]
