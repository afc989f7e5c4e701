"""
Log a role in: the acquisition of a session, which every check of a role needs.

An acquisition may be repeated where a measurement may not; what failed on the way is kept in `Session.faults`, so that
the login check still sees it.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from smoke.checks._answers import find
from smoke.checks._cookies import cookies_of, dropped, header, kept
from smoke.checks._json import any_document_of
from smoke.checks._login_page import BACK, is_sent_back, send_by_page
from smoke.checks._world import Http, Session
from smoke.environment import Environment
from smoke.environment.promises import Login
from smoke.environment.secrets import Reveal
from smoke.errors import LoginRefused
from smoke.http import Exchange, Request
from smoke.http.too_many import retry_after_s
from smoke.waiting import Patience, acquire

ATTEMPTS = 3
"""Most attempts of one acquisition that get no proper answer."""

SERVER_ERRORS = frozenset({500, 502, 503, 504})
"""Statuses that another moment or replica may answer differently; asking again makes 429 only worse."""

WAITED_SHARE = 0.25
"""The share of what is left of the budget that a limited login may be waited for, as long as `Retry-After` asks."""

WRITE = "login"


async def log_in(  # noqa: PLR0913 - the last two are optional, and named
    http: Http,
    environment: Environment,
    role: str,
    secret: Reveal,
    *,
    patience: Patience | None = None,
    note: Callable[[Exchange], None] = lambda _: None,
) -> Session:
    """
    Return a session of *role*, repeating only what another moment or replica may answer differently.

    Raises SecretMissing, or LoginRefused with what the last attempt answered. Without *patience* nothing is waited for;
    *note* gets the answer of every attempt.
    """
    login = configured_login(environment)
    named = environment.roles[role]
    user, password = secret(named.user), secret(named.password)
    exchanges: list[Exchange] = []

    async def attempt() -> Exchange:
        exchanges.append(await try_login(http, environment, role, user, password))
        note(exchanges[-1])
        return exchanges[-1]

    if patience:
        await acquire(attempt, patience=patience, attempts=ATTEMPTS, statuses=SERVER_ERRORS)
    else:
        await attempt()
    waits_s = retry_after_s(exchanges[-1]) if exchanges[-1].status == HTTPStatus.TOO_MANY_REQUESTS else None
    if patience and waits_s is not None and waits_s <= patience.remaining_s() * WAITED_SHARE:
        await patience.pause(waits_s)
        await attempt()
    if exchanges[-1].status in login.refused and environment.services[login.service].replicas > 1:
        # Among several replicas a single one may refuse; a second refusal is left to stand, short of any lock-out.
        await attempt()
    headers = session_headers(login, exchanges[-1])
    if not headers:
        raise refusal(login, role, exchanges[-1])
    accepted = exchanges[-1]
    cookies = kept(cookies_of(accepted), accepted.request.url, accepted.at)
    return Session(role, headers, tuple(fault_of(login, one) for one in exchanges[:-1]), tuple(cookies))


def configured_login(environment: Environment) -> Login:
    """Return the login API; the environment's own validation demands one where roles are used."""
    if environment.login is None:
        raise LoginRefused("the environment file describes no [login]")
    return environment.login


async def try_login(http: Http, environment: Environment, role: str, user: str, password: str) -> Exchange:
    """Return the answer of the login to *user* and *password*; raises LoginRefused if its page has no form."""
    login = configured_login(environment)
    request = login_request(environment, user, password)
    if login.page is None:
        return await http.send(request)
    base = environment.services[login.service].url
    return await send_by_page(http, base, login, role, request)


def login_request(environment: Environment, user: str, password: str) -> Request:
    """Return the request that logs in; its body stays out of records."""
    login = configured_login(environment)
    body = {login.user_field: user, login.password_field: password}
    url = environment.services[login.service].url + login.path
    as_form = login.encoding == "form"
    return Request(
        "POST",
        url,
        headers={"Accept": "application/json"},
        form=body if as_form else None,
        json=None if as_form else body,
        write=WRITE,
        secret_body=True,
        urgent=True,  # once for all checks, whichever needs it first
    )


def session_headers(login: Login, exchange: Exchange) -> dict[str, str]:
    """Return the headers of the session that an answer starts; empty if it starts none. Pure."""
    if exchange.failure or exchange.status not in login.accepted or is_sent_back(login, exchange):
        return {}
    if login.token:
        token = find(login.token, any_document_of(exchange).value)
        return {"Authorization": f"Bearer {token}"} if isinstance(token, str) and token else {}
    cookies = header(cookies_of(exchange), exchange.request.url, exchange.at)
    return {"Cookie": cookies} if cookies else {}


def fault_of(login: Login, exchange: Exchange) -> str:
    """Say in stable words what is wrong with an answer that started no session; pure."""
    if exchange.failure:
        return str(exchange.failure.kind)
    if is_sent_back(login, exchange):
        return f"HTTP {exchange.status} {BACK}"
    if login.page and exchange.status == HTTPStatus.OK and exchange.status in login.refused:
        return "the login form came again"
    if exchange.status not in login.accepted:
        detail = _detail(exchange)
        return f"HTTP {exchange.status} ({detail})" if detail else f"HTTP {exchange.status}"
    if login.token:
        return f"HTTP {exchange.status}, but no token at {login.token}"
    reasons = [dropped(cookie, exchange.request.url, exchange.at) for cookie in cookies_of(exchange)]
    said = next((reason for reason in reasons if reason), None)
    return (
        f"HTTP {exchange.status}, but browsers drop its cookie: {said}"
        if said
        else f"HTTP {exchange.status}, but no cookie"
    )


def refusal(login: Login, role: str, exchange: Exchange) -> LoginRefused:
    """Return the error that says why no session of *role* exists, with the evidence for its cause."""
    fault = fault_of(login, exchange)
    statuses = {*login.refused, HTTPStatus.LOCKED}
    refused = exchange.failure is None and (exchange.status in statuses or is_sent_back(login, exchange))
    facts: dict[str, Any] = {
        "role": role,
        "refused": refused,
        "rate_limited": exchange.status == HTTPStatus.TOO_MANY_REQUESTS,
        "answered": exchange.failure is None,
        "failure_kinds": [str(exchange.failure.kind)] if exchange.failure else [],
        "local": exchange.local,
        "signature": fault,
    }
    if refused:
        facts["detail"] = _detail(exchange)
    message = f"the login of role {role} was not accepted: {exchange.failure.message if exchange.failure else fault}"
    return LoginRefused(message, status=exchange.status, detail=_detail(exchange), facts=facts)


def _detail(exchange: Exchange) -> str:
    """Return the reason that an error answer gives, short; empty if it gives none."""
    document = any_document_of(exchange).value
    for place in ("message", "error.message", "detail", "error_description", "error", "title"):
        said = find(place, document)
        if isinstance(said, str) and said:
            return " ".join(said.split())[:80]
    return ""
