"""
Ask the App Store which version of an app it serves.

Facts (docs/wire-formats.md): the JSON comes under another content type; an app that is not in a storefront is no
result; caches hold an answer for hours, so that a parameter that nobody used before is added.
"""

from typing import Any
from urllib.parse import urlencode

from smoke.dependencies._reply import odd, reply_of, told
from smoke.dependencies.answer import Answer, unknown
from smoke.environment.apps import App
from smoke.http import Exchange, Request

NAME = "the App Store"


def lookup(app: App, country: str, now: float, timeout_s: float) -> Request:
    """Return the question for the version in one storefront; no login, no secrets."""
    fields = {"bundleId": app.bundle_id, "country": country, "t": str(int(now * 1000))}
    return Request("GET", f"{app.store}/lookup?{urlencode(fields)}", timeout_s=timeout_s)


def read(exchange: Exchange, bundle_id: str, country: str) -> str | Answer:
    """Return the version that is served, or why that is not known; pure."""
    reply = reply_of(NAME, exchange)
    if reply.trouble:
        return reply.trouble
    results = reply.document.get("results") if isinstance(reply.document, dict) else None
    if not isinstance(results, list):
        return odd(NAME, "no results")
    mine = [one for one in results if isinstance(one, dict) and _is_ours(one, bundle_id)]
    if not mine:
        return unknown(f"{NAME} of {country} does not serve {bundle_id}; correct bundle_id or countries")
    version = mine[0].get("version")
    return told(version)[:40] if isinstance(version, str) and version.strip() else odd(NAME, "a result without version")


def _is_ours(result: dict[str, Any], bundle_id: str) -> bool:
    return str(result.get("bundleId", bundle_id)).lower() == bundle_id.lower()
