"""
The attempts to log in that this run made, and what the limiter told of each.

Limiters tell how much they have counted in response headers: `X-RateLimit-Limit` and `-Remaining` of NestJS, Express
and many gateways, `RateLimit-…` without the X, or both in one `RateLimit` field as the IETF's drafts have it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Any

from smoke.checks._answers import replica_of
from smoke.checks._memory import Memory
from smoke.checks._session import configured_login, session_headers
from smoke.environment import Environment
from smoke.http import Exchange
from smoke.http.too_many import retry_after_s

_PREFIXES = ("x-ratelimit-", "ratelimit-", "x-rate-limit-")
_FIELD = re.compile(r"\b(limit|remaining|reset|r|t)\s*=\s*(\d{1,9})")
_POLICY = re.compile(r"\bq\s*=\s*(\d{1,9})")
_EPOCH_S = 1e9
"""A reset above this is a moment in epoch seconds, not a number of seconds."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    One attempt of *role*: when it was made (epoch seconds), and what the limiter told.

    *limit* is how many are taken, *used* how many it had counted with this one, *reset_s* when it counts anew; None
    where it told nothing. It was counted at some moment within *took_s* of when it was made. *replica* is who
    answered, and *accepted* tells whether a session began.
    """

    role: str
    at: float
    status: int | None
    limit: int | None = None
    used: int | None = None
    reset_s: float | None = None
    took_s: float = 0.0
    replica: str | None = None
    accepted: bool = False

    @property
    def limited(self) -> bool:
        """Whether it was refused for there being too many."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives."""
        return asdict(self)


def attempt_of(role: str, exchange: Exchange) -> Attempt:
    """Read one answer of a login API; pure, whatever came."""
    headers = exchange.headers
    limit, remaining = _told(headers, "limit"), _told(headers, "remaining")
    used = limit - remaining if limit is not None and remaining is not None and limit >= remaining else None
    reset = _told(headers, "reset")
    reset_s = None if reset is None else reset - exchange.at if reset > _EPOCH_S else float(reset)
    waits = [one for one in (reset_s, retry_after_s(exchange)) if one is not None and one >= 0]
    wait_s = max(waits, default=None)
    return Attempt(role, exchange.at, exchange.status, limit, used, wait_s, exchange.duration_s)


def noting(memory: Memory, role: str, environment: Environment) -> Callable[[Exchange], None]:
    """Return a function that keeps the attempts of *role* in *memory*."""
    login = configured_login(environment)
    header = environment.services[login.service].replica_header

    def note(exchange: Exchange) -> None:
        came = replace(
            attempt_of(role, exchange),
            replica=replica_of(exchange, header),
            accepted=bool(session_headers(login, exchange)),
        )
        memory.attempts.append(came)

    return note


def attempts_in(memory: Memory) -> tuple[Attempt, ...]:
    """Return all attempts that were noted so far, in the order of their answers."""
    return tuple(memory.attempts)


def _told(headers: Mapping[str, str], word: str) -> int | None:
    for prefix in _PREFIXES:
        value = headers.get(prefix + word, "").partition(",")[0].partition(";")[0].strip()
        if value.isascii() and value.isdecimal() and len(value) <= 12:  # noqa: PLR2004 - an epoch has ten digits
            return int(value)
    return _told_in_one_field(headers, word)


def _told_in_one_field(headers: Mapping[str, str], word: str) -> int | None:
    names = {"limit": ("limit",), "remaining": ("remaining", "r"), "reset": ("reset", "t")}[word]
    found = {name: int(value) for name, value in _FIELD.findall(headers.get("ratelimit", "")[:200])}
    known = next((found[name] for name in names if name in found), None)
    if known is None and word == "limit":
        quota = _POLICY.search(headers.get("ratelimit-policy", "")[:200])
        return int(quota[1]) if quota else None
    return known
