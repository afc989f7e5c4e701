"""Find out whether this machine's network leads anywhere, by asking hosts that have nothing to do with the target."""

from typing import TYPE_CHECKING

from smoke.http import Exchange, Request

if TYPE_CHECKING:
    from smoke.checks._world import World


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
