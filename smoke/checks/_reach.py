"""Find out why nothing comes through: no network on this machine, or a login wall before the whole environment."""

from typing import TYPE_CHECKING

from smoke.checks._answers import no_answer, redirect_target, split
from smoke.environment import Environment
from smoke.http import Exchange, Request

if TYPE_CHECKING:
    from smoke.checks._world import World

REFUSED = frozenset({401, 403})

_WALL_WORDS = ("sso", "login", "signin", "sign-in", "auth", "saml", "idp", "accounts", "access", "oidc")


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


async def wall(world: "World") -> str | None:
    """
    Return how a login wall before the whole environment answers, or None if there is none.

    The evidence is that every address of every service, public ones included, refuses alike or leads to one foreign
    login; a release that breaks its own routes does not do that. A single service proves it only by the redirect.
    """
    environment = world.environment
    exchanges = [await world.http.send(Request("GET", url)) for url in _addresses(environment)]
    answers = [refusal(one, environment) for one in exchanges]
    if not answers or not all(answers):
        return None
    foreign = all(one is not None and one.startswith("a redirect") for one in answers)
    return answers[0] if foreign or len(environment.services) > 1 else None


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


def _addresses(environment: Environment) -> list[str]:
    paths = {
        name: ["/", *(one.path for one in (service.health, service.release) if one is not None)]
        for name, service in environment.services.items()
    }
    return [
        f"{environment.services[name].url.rstrip('/')}{path}" for name in paths for path in dict.fromkeys(paths[name])
    ]
