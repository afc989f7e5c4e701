"""Turn exchanges into records and into commands for a person, without a secret in either."""

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from smoke.http.exchange import Exchange, Request
from smoke.http.secrecy import MASK, is_secret_field, is_secret_header, placeholder

EXCERPT_CHARACTERS = 2000
"""How much of a body a record shows."""

_LONGEST_SECRET = 4096


def to_record(exchange: Exchange, redact: Callable[[str], str]) -> dict[str, Any]:
    """
    Return *exchange* as JSON primitives.

    Headers and fields that carry secrets by their names are hidden; every other text passes *redact*, which hides
    secrets by their values. Bodies are cut, and left out where the request says so.
    """
    request = exchange.request
    return {
        "at": exchange.at,
        "duration_s": round(exchange.duration_s, 4),
        "method": request.method,
        "url": redact(_safe_url(request.url)),
        "request_headers": _safe_headers(request.headers.items(), redact),
        "request_body": MASK if request.secret_body else _excerpt(_sent(request), redact),
        "status": exchange.status,
        "headers": _safe_headers(exchange.header_list, redact),
        "body": MASK if request.secret_body and exchange.body else _excerpt(_received(exchange), redact),
        "body_bytes": len(exchange.body),
        "truncated": exchange.truncated,
        "failure": redact(exchange.failure.message) if exchange.failure else None,
        "failure_kind": exchange.failure.kind.value if exchange.failure else None,
        "final_url": redact(_safe_url(exchange.final_url)),
        "redirects": [redact(_safe_url(url)) for url in exchange.redirects],
        "local": exchange.local,
    }


def curl(request: Request) -> str:
    """
    Return the command that repeats *request* by hand.

    Secrets are replaced by shell variables that tell what to put there (`$AUTHORIZATION`), never by values.
    """
    words = ["curl", "-sS", "-i", "--compressed"]
    if request.method.upper() == "HEAD":
        words[2] = "-I"
    elif request.method.upper() != "GET":
        words += ["-X", request.method.upper()]
    if request.follow_redirects:
        words.append("-L")
    for name, value in request.headers.items():
        words += ["-H", _variable(f"{name}: ", name) if is_secret_header(name) else shlex.quote(f"{name}: {value}")]
    return " ".join([*words, *_curl_body(request), shlex.quote(_safe_url(request.url, as_variables=True))])


def _curl_body(request: Request) -> list[str]:
    if request.json is None and request.form is None:
        return []
    words = ["-H", shlex.quote("Content-Type: application/json")] if request.form is None else []
    if request.secret_body:
        return [*words, "--data", '"$BODY"']
    if request.form is None:
        return [*words, "--data", shlex.quote(_compact(_safe_json(request.json)))]
    for name, value in request.form.items():
        field = _variable(f"{name}=", name) if is_secret_field(name) else shlex.quote(f"{name}={value}")
        words += ["--data-urlencode", field]
    return words


def _variable(prefix: str, name: str) -> str:
    """Return a shell word in which the variable is expanded; header and field names need no quoting inside it."""
    return f'"{prefix}${placeholder(name)}"'


def _safe_headers(pairs: Any, redact: Callable[[str], str]) -> list[list[str]]:
    return [[name, MASK if is_secret_header(name) else redact(value)] for name, value in pairs]


def _safe_url(url: str, *, as_variables: bool = False) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    host = parts.netloc.rpartition("@")[2]
    pairs = [
        (name, (f"${placeholder(name)}" if as_variables else MASK) if is_secret_field(name) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    query = (
        urlencode(pairs, safe="$[]/:,", quote_via=quote) if any(is_secret_field(n) for n, _ in pairs) else parts.query
    )
    return parts._replace(netloc=host, query=query).geturl()


def _safe_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: MASK if is_secret_field(str(key)) else _safe_json(item) for key, item in value.items()}
    return [_safe_json(item) for item in value] if isinstance(value, list | tuple) else value


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sent(request: Request) -> str:
    if request.form is not None:
        return urlencode(_safe_json(request.form), safe="[]")
    return "" if request.json is None else _compact(_safe_json(request.json))


def _received(exchange: Exchange) -> str:
    return exchange.body[: 4 * (EXCERPT_CHARACTERS + _LONGEST_SECRET)].decode("utf-8", "replace")


def _excerpt(text: str, redact: Callable[[str], str]) -> str:
    """Redact first and cut then: a secret that the cut had split would not be recognised any more."""
    window = text[: EXCERPT_CHARACTERS + _LONGEST_SECRET]
    safe = redact(window)
    if len(window) < len(text):
        safe = safe[:-_LONGEST_SECRET]
    return safe if len(safe) <= EXCERPT_CHARACTERS else f"{safe[:EXCERPT_CHARACTERS]}…"
