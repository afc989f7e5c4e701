"""Read answers that nobody vouches for: JSON, places in it, caches in between."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jmespath
from jmespath.exceptions import JMESPathError

from smoke.http import Exchange

_CACHE_STATES = {
    "x-cache": ("hit",),
    "x-vercel-cache": ("hit", "stale", "prerender"),
    "cf-cache-status": ("hit", "stale", "updating"),
    "x-nextjs-cache": ("hit", "stale"),
}
"""Response headers with the values that mean "not from the application"."""

_LONGEST = 60
_SUCCESS = range(200, 300)


def no_answer(exchange: Exchange) -> str | None:
    """
    Return the kind of transport failure, a short text without volatile parts, or None if an answer came.

    Of a refused certificate it says what is wrong with it: that is the same for everybody, whoever asks.
    """
    if exchange.failure is not None:
        return exchange.failure.certificate or exchange.failure.kind.value
    return "no answer" if exchange.status is None else None


def not_ok(exchange: Exchange) -> str | None:
    """Return what is wrong with the bare answer: no answer, a redirect, any status that is not 2xx."""
    silent = no_answer(exchange)
    if silent is not None:
        return silent
    if exchange.status in _SUCCESS:
        return None
    target = redirect_target(exchange)
    return f"HTTP {exchange.status}" + (f" to {target}" if target else "")


def redirect_target(exchange: Exchange) -> str | None:
    """Return where a redirect that was not followed leads, without its query, which may be volatile or secret."""
    location = exchange.headers.get("location")
    if exchange.status not in range(300, 400) or not location:
        return None
    return clip(split(location)._replace(query="", fragment="").geturl())


def split(url: str) -> Any:
    """Split *url*; what is no URL at all becomes an empty one."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def not_json(exchange: Exchange) -> str | None:
    """Return why a 2xx answer is not the JSON that is due, or None if it is JSON."""
    if exchange.content_type == "text/html":
        return "HTML instead of JSON"
    if exchange.truncated:
        return "a body beyond the size limit instead of JSON"
    if not exchange.body.strip():
        return "an empty body instead of JSON"
    try:
        parse(exchange)
    except ValueError:
        return "invalid JSON"
    return None


def parse(exchange: Exchange) -> Any:
    """Return the body as JSON; raises ValueError for anything else, absurdly deep nesting included."""
    try:
        return exchange.json()
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def find(path: str, data: Any) -> Any:
    """Return what lies at the JMESPath *path* of *data*; None if nothing does or the types do not fit."""
    try:
        return jmespath.search(path, data)
    except JMESPathError:
        return None


def replica_of(exchange: Exchange, header: str | None) -> str | None:
    """Return the name that a replica gives itself in *header*, if it does."""
    name = exchange.headers.get(header.lower(), "") if header else ""
    return clip(name.strip()) or None


def quote(value: Any) -> str:
    """Return a foreign value for a message, in its own script: one line, as JSON, never longer than a few words."""
    return clip(json.dumps(value, ensure_ascii=False, default=str))


def clip(text: str) -> str:
    """Return *text* as one printable line of bounded length."""
    line = "".join(one if one.isprintable() else " " for one in text[: _LONGEST * 4])
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def cached(exchange: Exchange) -> str | None:
    """Say which header proves that a cache answered in the application's stead, or None."""
    return _cached(exchange.headers)


def _cached(headers: Mapping[str, str]) -> str | None:
    for name, states in _CACHE_STATES.items():
        words = headers.get(name, "").lower().replace(",", " ").replace("-", " ").split()
        state = next((one for one in states if one in words), None)
        if state is not None:
            return f"{name}: {state}"
    age = headers.get("age", "").strip()
    return "age above 0" if age.isdecimal() and age.isascii() and int(age[:9]) > 0 else None
