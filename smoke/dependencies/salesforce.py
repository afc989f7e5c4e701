"""
Ask Salesforce directly: versions without a login, a token, and one read with it.

Facts (docs/wire-formats.md): `instance_url` of the token answer is the host for further calls; REST errors are arrays;
of the 401 answers only an expired session is cured by a new token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlsplit

import anyio.to_thread

from smoke.dependencies import _salesforce_token as token
from smoke.dependencies._salesforce_token import NAME
from smoke.dependencies.answer import (
    Answer,
    Sender,
    by_status,
    down,
    json_of,
    looks_like_html,
    refused,
    unknown,
    up,
    without_answer,
)
from smoke.environment.dependencies import SalesforceDirect
from smoke.environment.secrets import Reveal
from smoke.http import Exchange, Request

VERSIONS = "/services/data/"
QUERY = "query?q=" + quote("SELECT InstanceName,IsSandbox FROM Organization")  # noqa: S608 - a constant
LIMITS = "limits"

EXPIRED = "INVALID_SESSION_ID"
QUOTA = "REQUEST_LIMIT_EXCEEDED"

NOT_EXPIRY = ("this session is not valid for use with the rest api", "connected app is not attached to agent")
"""Texts of 401 answers that a new token does not cure."""


@dataclass(frozen=True, slots=True)
class Means:
    """What asking takes: the client, the secrets of the environment, the limit of one call, and the clock."""

    http: Sender
    secret: Reveal
    timeout_s: float
    now: float


async def ask(means: Means, direct: SalesforceDirect, resource: str = QUERY) -> tuple[Exchange, ...]:
    """
    Make the calls up to the first that does not succeed, with one new token if the session counts as expired.

    Raises SecretMissing before anything is sent.
    """
    if direct.private_key is not None:
        # In a thread: loading it takes long, and nothing else may wait for that.
        await anyio.to_thread.run_sync(import_module, "jwt")
    form, origin = token.form_of(direct, means.secret, means.now), address(direct)
    done = [await means.http.send(Request("GET", origin + VERSIONS, timeout_s=means.timeout_s))]
    for _ in range(2):
        if read(done[:1]).cause is not None:
            break
        done.append(await means.http.send(token.request_of(origin, form, means.timeout_s)))
        if token.token_in(done[-1]) is None:
            break
        done.append(await means.http.send(_request(done, resource, means.timeout_s)))
        if not _expired(done[-1]):
            break
    return tuple(done)


async def ask_quota(means: Means, direct: SalesforceDirect) -> tuple[Exchange, ...]:
    """Ask for the limits; a user who may not see them is told the use of the requests with any other answer."""
    done = list(await ask(means, direct, LIMITS))
    hidden = done[-1].status == HTTPStatus.FORBIDDEN and _error(json_of(done[-1]))[0] != QUOTA
    if hidden and _path(done[-1]).endswith(f"/{LIMITS}"):
        done.append(await means.http.send(_request(done, QUERY, means.timeout_s)))
    return tuple(done)


def address(direct: SalesforceDirect) -> str:
    """Return the origin to ask."""
    return direct.url or f"https://{direct.my_domain}.my.salesforce.com"


def read(exchanges: Sequence[Exchange]) -> Answer:
    """Return what the calls of `ask` prove; pure. The last call decides, as `ask` stops at the first that fails."""
    last = exchanges[-1]
    failed = without_answer(NAME, last)
    if failed:
        return failed
    if _path(last).endswith(token.PATH):
        return token.read(last)
    if _path(last).endswith(("/query", f"/{LIMITS}")):
        return _read_resource(last)
    return up("the versions are listed") if _versions(last) else by_status(NAME, last)


def quota_in(exchanges: Sequence[Exchange]) -> tuple[int, int] | None:
    """Return how many of how many daily API requests are left, or None if no answer tells; pure."""
    last = exchanges[-1]
    limits = json_of(last)
    daily = limits.get("DailyApiRequests") if isinstance(limits, dict) else None
    left, most = (daily.get("Remaining"), daily.get("Max")) if isinstance(daily, dict) else (None, None)
    if isinstance(left, int) and isinstance(most, int) and left >= 0 and most > 0:
        return left, most
    told = [found for one in exchanges if (found := _used(one.headers.get("sforce-limit-info", "")))]
    if told:
        return max(0, told[-1][1] - told[-1][0]), told[-1][1]
    return (0, 0) if _error(limits)[0] == QUOTA else None


def _request(done: Sequence[Exchange], resource: str, timeout_s: float) -> Request:
    """Return the request for *resource* of the newest version, with the newest token."""
    tokens = [found for one in done if (found := token.token_in(one))]
    access, instance = tokens[-1]
    path = f"{VERSIONS}v{_versions(done[0])[-1]}/{resource}"
    return Request("GET", instance + path, headers={"Authorization": f"Bearer {access}"}, timeout_s=timeout_s)


def _versions(exchange: Exchange) -> list[str]:
    """Return the API versions, ascending; empty if this is not the list of versions."""
    listed = json_of(exchange)
    if not exchange.is_ok or not isinstance(listed, list):
        return []
    names = [one["version"] for one in listed if isinstance(one, dict) and isinstance(one.get("version"), str)]
    return sorted((name for name in names if _is_number(name)), key=float)


def _read_resource(exchange: Exchange) -> Answer:
    answer = json_of(exchange)
    if exchange.is_ok and isinstance(answer, dict):
        if isinstance(answer.get("records"), list):
            return up("it answers a query", instance=_instance(answer["records"]))
        if isinstance(answer.get("DailyApiRequests"), dict):
            return up("it tells its limits")
    code, said = _error(answer)
    if code == QUOTA:
        # The quota belongs to the whole org, so every caller is refused, not the verifier alone.
        return down(f"{NAME} refuses every caller: {said}", quota=True)
    if exchange.is_server_error or not code or looks_like_html(exchange):
        return by_status(NAME, exchange)
    if exchange.status in {401, 403}:
        return refused(f"{NAME} refuses the verifier's {_name(exchange)}: {said}")
    return unknown(f"{NAME} answered the verifier's {_name(exchange)} with HTTP {exchange.status}: {said}")


def _expired(exchange: Exchange) -> bool:
    code, said = _error(json_of(exchange))
    return exchange.status == 401 and code == EXPIRED and not any(text in said.lower() for text in NOT_EXPIRY)  # noqa: PLR2004 - HTTP 401


def _error(answer: Any) -> tuple[str, str]:
    """Return code and text of a REST error, which is always an array; empty texts if this is none."""
    first = answer[0] if isinstance(answer, list) and answer else None
    if not isinstance(first, dict) or not isinstance(first.get("errorCode"), str):
        return "", ""
    code, message = first["errorCode"], first.get("message")
    return code, f"{code[:200]}: {message[:200]}" if isinstance(message, str) and message else code[:200]


def _used(header: str) -> tuple[int, int] | None:
    """Return how many of how many requests were made: `api-usage=10018/100000`, maybe with more after it."""
    usage = next((part.strip() for part in header.split(";") if part.strip().startswith("api-usage=")), "")
    used, _, most = usage.removeprefix("api-usage=").partition("/")
    return (int(used), int(most)) if _is_digits(used) and _is_digits(most) and int(most) else None


def _instance(records: list[Any]) -> str:
    first = records[0] if records and isinstance(records[0], dict) else {}
    return str(first.get("InstanceName", ""))


def _path(exchange: Exchange) -> str:
    return urlsplit(exchange.request.url).path


def _name(exchange: Exchange) -> str:
    return "request for its limits" if _path(exchange).endswith(f"/{LIMITS}") else "query"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16  # noqa: PLR2004 - what a float holds exactly
