"""Find out why nothing comes through: no network on this machine, or a login wall before the whole environment."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoke.checks._answers import no_answer, redirect_target, split
from smoke.environment import Environment
from smoke.http import Exchange, Request

if TYPE_CHECKING:
    from smoke.checks._world import World

_FINGERPRINTS = ("cf-mitigated", "x-goog-iap-generated-response", "x-amzn-waf-action")
"""Headers by which Cloudflare, Google's Identity-Aware Proxy and AWS WAF say that they answered, not the origin."""

_NONCE = "_vercel_sso_nonce"
"""The cookie that Vercel's deployment protection sets with its refusals."""

REFUSED = frozenset({401, 403})

_WALL_WORDS = ("sso", "login", "signin", "sign-in", "auth", "saml", "idp", "accounts", "access", "oidc")


@dataclass(frozen=True, slots=True)
class Wall:
    """What every address answers with; *foreign* tells that somebody else's login or filter is known to answer."""

    answer: str
    foreign: bool


async def controls_answer(world: "World") -> bool | None:
    """Ask the control hosts; None if the environment names none."""
    urls = world.environment.control
    if not urls:
        return None
    exchanges = [await world.http.send(control_request(url)) for url in urls]
    return any(reached(one) for one in exchanges)


def control_request(url: str) -> Request:
    """Return the request that asks a control host; whatever it answers, it was reached."""
    return Request("GET", url)


def reached(exchange: Exchange) -> bool:
    """Tell whether the network led to the host, whatever came then."""
    return exchange.failure is None or not exchange.failure.kind.before_any_answer


async def wall(world: "World") -> Wall | None:
    """
    Return the login wall before the whole environment, or None if there is none.

    The evidence is that every address of every service, public ones included, refuses or leads to a foreign login. Bare
    refusals may be the release's own, so a single service proves nothing by them, and the baseline may disprove them.
    """
    environment = world.environment
    exchanges = [await world.http.send(Request("GET", url)) for url in _addresses(environment)]
    answers = [refusal(one, environment) for one in exchanges]
    if not answers or not all(answers):
        return None
    foreign = all(one.status not in REFUSED or _fingerprinted(one) for one in exchanges)
    return Wall(answers[0] or "", foreign) if foreign or len(environment.services) > 1 else None


def refusal(exchange: Exchange, environment: Environment) -> str | None:
    """Return how *exchange* turns the anonymous away: by status, or by a redirect to a login on a foreign host."""
    if no_answer(exchange) is not None:
        return None
    if exchange.status in REFUSED:
        return f"HTTP {exchange.status}"
    target = split(redirect_target(exchange) or "")
    own = {split(one.url).hostname for one in environment.services.values()}
    if not target.hostname or target.hostname in own:
        return None
    looks_like_login = any(word in f"{target.hostname}{target.path}".lower() for word in _WALL_WORDS)
    return f"a redirect to {target.hostname}" if looks_like_login else None


def _fingerprinted(exchange: Exchange) -> bool:
    return any(name in exchange.headers for name in _FINGERPRINTS) or _NONCE in exchange.headers.get("set-cookie", "")


def _addresses(environment: Environment) -> list[str]:
    paths = {
        name: ["/", *(one.path for one in (service.health, service.release) if one is not None)]
        for name, service in environment.services.items()
    }
    return [
        f"{environment.services[name].url.rstrip('/')}{path}" for name in paths for path in dict.fromkeys(paths[name])
    ]
