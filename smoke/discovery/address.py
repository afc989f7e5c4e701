"""From what somebody typed to addresses and names: pure."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from smoke.environment.addresses import check_base_url, is_loopback
from smoke.errors import UsageError
from smoke.verdict.words import Tier

_NAMED_TIERS = {
    "prod": Tier.PROD,
    "production": Tier.PROD,
    "live": Tier.PROD,
    "staging": Tier.STAGING,
    "stage": Tier.STAGING,
    "stg": Tier.STAGING,
    "test": Tier.STAGING,
    "qa": Tier.STAGING,
    "uat": Tier.STAGING,
    "preview": Tier.PREVIEW,
    "pr": Tier.PREVIEW,
    "dev": Tier.DEV,
    "development": Tier.DEV,
    "local": Tier.DEV,
    "demo": Tier.DEMO,
}
_COMMON_LABELS = frozenset({"www", "api", "app", "web", "my", "portal", "console", "admin"})
_PART = re.compile(r"[a-z0-9][a-z0-9_-]*")


def address_of(text: str) -> str:
    """
    Return *text* as the address of a service: with a scheme, without query, fragment and trailing slash.

    Raises UsageError, which says how an address is written.
    """
    plain = text.strip()
    if "://" not in plain:
        host = plain.partition("/")[0].rsplit(":", 1)[0]
        plain = f"{'http' if is_loopback(f'http://{host}') else 'https'}://{plain}"
    plain = re.split(r"[?#]", plain, maxsplit=1)[0]
    try:
        return check_base_url(plain)
    except ValueError as error:
        raise UsageError(f"{error}") from None


def tier_of(name: str, urls: Sequence[str]) -> Tier:
    """Return the tier that an environment's name says, else that of its addresses; clear text is never prod."""
    tier = _said(name) or _seen(urls)
    clear = any(url.startswith("http:") and not is_loopback(url) for url in urls)
    return Tier.STAGING if tier is Tier.PROD and clear else tier


def name_of(urls: Sequence[str]) -> str:
    """Return `system/environment` for *urls*: what the host is called, and what it is used for."""
    host = (urlsplit(urls[0]).hostname or "").lower()
    return f"{_system(host)}/{_seen(urls).value}"


def check_name(name: str) -> str:
    """Return *name* if it can be that of an environment; raises UsageError."""
    parts = name.split("/")
    if len(parts) != 2 or not all(_PART.fullmatch(part) for part in parts):  # noqa: PLR2004 - the system and one of it
        raise UsageError(
            f"--name {name}: a name is SYSTEM/ENVIRONMENT in lower-case letters, digits, '_' and '-', such as shop/prod"
        )
    return name


def service_names(urls: Sequence[str], *, pages: Sequence[bool]) -> list[str]:
    """Return a name for each service: `web` for the first that serves *pages*, `api` for the first that does not."""
    names: list[str] = []
    for url, serves_pages in zip(urls, pages, strict=True):
        label = re.sub(r"[^a-z0-9_-]", "", (urlsplit(url).hostname or "").lower().split(".")[0].strip("-_"))
        wanted = ["web" if serves_pages else "api", label if label and not label.isdigit() else "service"]
        wanted += [f"{wanted[1]}-{number}" for number in range(2, len(urls) + 2)]
        names.append(next(one for one in wanted if one not in names))
    return names


def _said(name: str) -> Tier | None:
    return next((tier for word in _words(name.partition("/")[2]) if (tier := _NAMED_TIERS.get(word))), None)


def _seen(urls: Sequence[str]) -> Tier:
    if all(map(is_loopback, urls)):
        return Tier.DEV
    labels = [word for url in urls for word in _words((urlsplit(url).hostname or "").lower())]
    return next((tier for one in labels if (tier := _NAMED_TIERS.get(one))), Tier.PROD)


def _words(text: str) -> list[str]:
    return re.split(r"[^a-z]+", text)


def _system(host: str) -> str:
    labels = [one for one in host.split(".") if one]
    if not labels or labels[-1].isdigit() or ":" in host or host.endswith("localhost"):
        return "site"
    telling = [one for one in labels[:-1] if one not in _COMMON_LABELS and not set(_words(one)) & set(_NAMED_TIERS)]
    # Of app.shop.example.com the owner's own label is the last before the suffix.
    chosen = (telling or labels)[-1] if len(labels) > 1 else labels[0]
    return re.sub(r"[^a-z0-9_-]", "", chosen).strip("-_") or "site"
