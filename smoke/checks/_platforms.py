"""Ask the platform that an environment names, and bear with what it does wrong."""

from typing import TYPE_CHECKING, Any

from smoke.checks._check import Observation
from smoke.checks._obstacle import obstacle
from smoke.dependencies import compose, coolify, github, kubernetes, railway, vercel
from smoke.dependencies.deployment import Asking, Seen
from smoke.environment.platforms import Platform
from smoke.errors import SmokeError
from smoke.verdict.words import Cause

if TYPE_CHECKING:
    from smoke.checks._world import World

CLIENTS: dict[str, Any] = {
    "railway": railway,
    "vercel": vercel,
    "coolify": coolify,
    "compose": compose,
    "kubernetes": kubernetes,
    "github": github,
}
"""Who is asked for each platform; each has `NAME` and `look`."""


def name_of(platform: Platform) -> str:
    """Return the platform's name for people."""
    return str(CLIENTS[platform.kind].NAME)


async def look(platform: Platform, world: "World") -> Seen:
    """Return what the platform tells; raises SmokeError for what keeps us from asking."""
    asking = Asking(
        world.http, world.secret, world.environment.limits.timeout_s, world.release.of(platform.service).commit
    )
    seen: Seen = await CLIENTS[platform.kind].look(getattr(platform, platform.kind), asking)
    return seen


async def observed(platform: Platform, world: "World") -> Observation:
    """Return one look as an observation; a platform that cannot be asked is an obstacle, and never a failure."""
    try:
        seen = await look(platform, world)
    except SmokeError as error:
        return obstacle(error)
    if seen.refusal is not None:
        cause = seen.refusal.cause or Cause.SUITE
        return Observation(seen.exchanges, obstacle=(seen.refusal.message, cause.value))
    return Observation(seen.exchanges, {"deployments": seen.deployments, "at": world.now()})
