"""How far monitoring systems look back: to the start of the deploy, within bounds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoke.checks._release_name import release_name
from smoke.environment.monitoring import Monitoring

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, slots=True)
class Window:
    """
    The last *length_s* seconds.

    *deployed_at* is the start of the deploy in epoch seconds, None if nobody knows it.
    """

    length_s: int
    deployed_at: float | None = None

    @classmethod
    def of(cls, monitoring: Monitoring, world: "World", *, least_s: float | None = None) -> "Window":
        """
        Return the window that ends now and begins with the deploy.

        Rates need some length, old deploys a bound; *least_s* takes the place of the environment's.
        """
        now, began = world.now(), world.release.deployed_at
        if began is None or began > now:
            return cls(int(monitoring.window_s))
        return cls(
            int(min(max(now - began, monitoring.least_s if least_s is None else least_s), monitoring.longest_s)), began
        )


def completed(text: str, window: Window, world: "World", service: str | None) -> str:
    """
    Return a query with `{window}` and the release's names in their places.

    Raises NameUnknown. Braces are the query language's own, so nothing else is read as a placeholder.
    """
    return release_name(text.replace("{window}", f"{window.length_s}s"), world, service)
