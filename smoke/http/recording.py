"""Turn exchanges into records and into commands for a person, without a secret in either."""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

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

    What is secret by its name is replaced by a shell variable that tells what to put there (`$AUTHORIZATION`).
    """
    method = request.method.upper()
    words = ["curl", "-sS", "-I" if method == "HEAD" else "-i", "--compressed"]
    if method not in {"GET", "HEAD"}:
        words += ["-X", method]
    if request.follow_redirects:
        words.append("-L")
    for name, value in request.headers.items():
        words += ["-H", f"{name}: {_variable(name) if is_secret_header(name) else value}"]
    words += [*_curl_body(request), _safe_url(request.url, _variable)]
    return " ".join(map(_shell_word, words))


def _curl_body(request: Request) -> list[str]:
    if request.json is None and request.form is None:
        return []
    words = ["-H", "Content-Type: application/json"] if request.form is None else []
    if request.secret_body:
        return [*words, "--data", _variable("body")]
    if request.form is None:
        return [*words, "--data", _compact(_safe_json(request.json, _variable))]
    for name, value in _safe_json(request.form, _variable).items():
        words += ["--data-urlencode", f"{name}={value}"]
    return words


def _variable(name: str) -> str:
    """Return a mark that `_shell_word` turns into a shell variable; private-use characters survive JSON and URLs."""
    return f"\ue000{placeholder(name)}\ue001"


def _shell_word(text: str) -> str:
    """Quote *text* for a shell, with its variables left to expand."""
    pieces = re.split("\ue000([A-Z0-9_]+)\ue001", text)
    quoted = [f'"${piece}"' if number % 2 else piece and shlex.quote(piece) for number, piece in enumerate(pieces)]
    return "".join(quoted) or "''"


def _safe_headers(pairs: Iterable[tuple[str, str]], redact: Callable[[str], str]) -> list[list[str]]:
    return [[name, MASK if is_secret_header(name) else redact(value)] for name, value in pairs]


def _hidden(_name: str) -> str:
    return MASK


def _safe_url(url: str, stand_in: Callable[[str], str] = _hidden) -> str:
    """Return *url* without credentials, its secret parameters replaced, everything else untouched."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    query = "&".join(_safe_parameter(pair, stand_in) for pair in parts.query.split("&"))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query).geturl()


def _safe_parameter(pair: str, stand_in: Callable[[str], str]) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={stand_in(name)}" if equals and is_secret_field(name) else pair


def _safe_json(value: Any, stand_in: Callable[[str], str] = _hidden) -> Any:
    if isinstance(value, Mapping):
        return {
            key: stand_in(key) if is_secret_field(str(key)) else _safe_json(item, stand_in)
            for key, item in value.items()
        }
    return [_safe_json(item, stand_in) for item in value] if isinstance(value, list | tuple) else value


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
