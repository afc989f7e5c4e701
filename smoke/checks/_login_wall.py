"""
A login wall before the whole environment: deployment protection, single sign-on, a filter against robots.

What tells it is its structure: every address, public ones included, is refused or led to one foreign host that is given
a way back. Headers by which a provider says that it answered, and not the origin, are taken at their word only together
with that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from smoke.checks._answers import no_answer, redirect_target, replica_of, split
from smoke.environment import Environment
from smoke.http import Exchange, Request

if TYPE_CHECKING:
    from smoke.checks._world import World

REFUSED = frozenset({401, 403})

TRIES = 3
"""How often one address is asked until something answers: a lost connection is no way through."""

_FINGERPRINTS = ("cf-mitigated", "x-goog-iap-generated-response", "x-amzn-waf-action")
"""Headers by which Cloudflare, Google's Identity-Aware Proxy and AWS WAF say that they answered, not the origin."""

_NONCE = "_vercel_sso_nonce"
"""The cookie that Vercel's deployment protection sets with its refusals."""

_WALL_WORDS = ("sso", "login", "signin", "sign-in", "auth", "saml", "idp", "accounts", "access", "oidc")


@dataclass(frozen=True, slots=True)
class Wall:
    """
    What every address answers with.

    *foreign* tells that somebody else's login or filter is known to answer; *uniform* that several services refuse with
    one and the same answer, which none of their replicas gave.
    """

    answer: str
    foreign: bool
    uniform: bool = False


async def wall(world: "World") -> Wall | None:
    """
    Return the login wall before the whole environment, or None if there is none.

    Bare refusals may be the release's own, so a single service proves nothing by them, and the baseline may disprove
    them.
    """
    environment = world.environment
    asked = [(name, await _ask(world, url)) for name, url in _addresses(environment)]
    answers = [refusal(exchange, environment) for _, exchange in asked]
    if not answers or not all(answers):
        return None
    led = {host for _, exchange in asked if (host := led_away(exchange, own_hosts(environment)))}
    foreign = bool(led) or all(_fingerprinted(exchange) for _, exchange in asked)
    if not foreign and len(environment.services) < 2:  # noqa: PLR2004 - several services
        return None
    answer = f"a redirect to {min(led)}" if led else answers[0] or ""
    return Wall(answer, foreign, uniform=_uniform(asked, environment))


def refusal(exchange: Exchange, environment: Environment) -> str | None:
    """Return how *exchange* turns the anonymous away: by status, or by a redirect to a login on a foreign host."""
    if no_answer(exchange) is not None:
        return None
    if exchange.status in REFUSED or _fingerprinted(exchange):
        return f"HTTP {exchange.status}"
    host = led_away(exchange, own_hosts(environment))
    return f"a redirect to {host}" if host else None


def wall_facts(wrong: Sequence[Exchange], replica_header: str | None) -> dict[str, Any]:
    """
    Return who turned all *wrong* answers away, if somebody did who is not the service itself; pure.

    A redirect to a foreign login, a provider that names itself, or a refusal that no replica gave although they all
    name themselves.
    """
    by = {_by(one, replica_header) for one in wrong if no_answer(one) is None}
    return {"turned_away": by.pop()} if len(by) == 1 and None not in by else {}


def led_away(exchange: Exchange, own: Iterable[str | None]) -> str | None:
    """Return the foreign host to whose login *exchange* leads, followed or not, or None."""
    location = exchange.headers.get("location", "") if redirect_target(exchange) else ""
    for url in (*exchange.redirects, location):
        target = split(url)
        if target.hostname and target.hostname not in own:
            return target.hostname if _is_login(url, exchange) else None
    return None


def own_hosts(environment: Environment) -> frozenset[str | None]:
    """Return the hosts of the environment's services."""
    return frozenset(split(one.url).hostname for one in environment.services.values())


def _is_login(url: str, exchange: Exchange) -> bool:
    """Tell whether *url* is a login: it says so, or it is given the way back to what was asked for."""
    target, asked = split(url), split(exchange.request.url)
    if any(word in f"{target.hostname}{target.path}".lower() for word in _WALL_WORDS):
        return True
    return bool(asked.hostname) and asked.hostname in unquote(target.query)


def _by(exchange: Exchange, replica_header: str | None) -> str | None:
    host = led_away(exchange, {split(exchange.request.url).hostname})
    if host:
        return f"a login at {host}"
    nameless = replica_header is not None and replica_of(exchange, replica_header) is None
    if _fingerprinted(exchange) or (exchange.status in REFUSED and nameless):
        return f"HTTP {exchange.status} of something before the service"
    return None


def _uniform(asked: Sequence[tuple[str, Exchange]], environment: Environment) -> bool:
    """Tell whether several services give one answer, and none of their replicas names itself in it."""
    said = {(one.status, sha256(one.body).digest(), one.headers.get("www-authenticate")) for _, one in asked}
    named = [replica_of(one, environment.services[name].replica_header) for name, one in asked]
    return len({name for name, _ in asked}) > 1 and len(said) == 1 and not any(named)


def _fingerprinted(exchange: Exchange) -> bool:
    return any(name in exchange.headers for name in _FINGERPRINTS) or _NONCE in exchange.headers.get("set-cookie", "")


async def _ask(world: "World", url: str) -> Exchange:
    for _ in range(TRIES - 1):
        exchange = await world.http.send(Request("GET", url))
        if no_answer(exchange) is None:
            return exchange
    return await world.http.send(Request("GET", url))


def _addresses(environment: Environment) -> list[tuple[str, str]]:
    """Return some addresses of each service: its root, and what tells its health and release."""
    paths = {
        name: ["/", *(one.path for one in (service.health, service.release) if one is not None)]
        for name, service in environment.services.items()
    }
    return [(name, f"{environment.services[name].url}{path}") for name in paths for path in dict.fromkeys(paths[name])]
