"""What keeps a check from looking at all: a missing secret, a refused login, a write that is not allowed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smoke.checks._check import Observation
from smoke.errors import LoginRefused, SecretMissing, SmokeError
from smoke.http import Exchange
from smoke.verdict.words import Cause

if TYPE_CHECKING:
    from smoke.checks._world import World


def obstacle(
    error: SmokeError, exchanges: tuple[Exchange, ...] = (), facts: Mapping[str, Any] | None = None
) -> Observation:
    """
    Return the observation of a check that *error* kept from looking; the engine judges it undecided.

    A login that was not accepted is named in the fact `blocked_by`.
    """
    cause = Cause.CREDENTIALS if isinstance(error, (SecretMissing, LoginRefused)) else Cause.SUITE
    blocked = {"blocked_by": f"login/{error.facts.get('role', '')}"} if isinstance(error, LoginRefused) else {}
    return Observation(exchanges, {**blocked, **(facts or {})}, (str(error), cause.value))


async def role_headers(world: "World", role: str | None) -> dict[str, str]:
    """Return the headers that prove *role*, none for the anonymous; raises LoginRefused or SecretMissing."""
    proof = dict((await world.session(role)).headers) if role else {}
    return {"Accept": "application/json", **proof}
