"""What can be wrong with one delivered script or style sheet."""

import hashlib
from base64 import b64encode

from smoke.checks._answers import cached, not_ok
from smoke.checks._asset_links import MODULE, STYLE, Asset
from smoke.http import Exchange

SCRIPT_TYPES = frozenset(
    {
        "text/javascript",
        "application/javascript",
        "application/x-javascript",
        "application/ecmascript",
        "text/ecmascript",
    }
)
"""JavaScript media types (WHATWG MIME Sniffing); a module of any other type is refused by browsers."""

OUT_OF_A_CACHE = " out of a cache"
"""How a fault ends that a cache delivered."""

_STRENGTHS = ("sha512", "sha384", "sha256")


def fault_of(asset: Asset, exchange: Exchange) -> str | None:
    """Return why a browser could not use *asset* as it was delivered, or None."""
    wrong = not_ok(exchange)
    if wrong:
        hit = cached(exchange)
        return f"{wrong}{OUT_OF_A_CACHE}" if hit else wrong
    if not exchange.body.strip():
        return "empty" if asset.kind != STYLE else None
    return _wrong_type(asset, exchange) or _tampered(asset, exchange)


def _wrong_type(asset: Asset, exchange: Exchange) -> str | None:
    kind = exchange.content_type
    head = exchange.body[:200].lstrip().lower()
    if kind == "text/html" or head.startswith((b"<!doctype html", b"<html")):
        return f"HTML instead of a {asset.kind}"
    if asset.kind == STYLE:
        return None if kind == "text/css" else f"{kind or 'no content type'} instead of text/css"
    strict = asset.kind == MODULE or exchange.headers.get("x-content-type-options", "").lower() == "nosniff"
    if kind in SCRIPT_TYPES or not strict:
        return None
    return f"{kind or 'no content type'} instead of JavaScript"


def _tampered(asset: Asset, exchange: Exchange) -> str | None:
    """Return whether the body fails the strongest digest that the page demands, as a browser would find."""
    wanted = asset.integrity.split()
    strength = next((one for one in _STRENGTHS if any(each.startswith(f"{one}-") for each in wanted)), None)
    if strength is None or exchange.truncated:
        return None
    digest = b64encode(hashlib.new(strength, exchange.body).digest()).decode()
    allowed = {one.partition("-")[2].partition("?")[0] for one in wanted if one.startswith(f"{strength}-")}
    return None if digest in allowed else "other content than the page's integrity digest allows"
