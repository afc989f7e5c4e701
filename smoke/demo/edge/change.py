"""What a deploy changes at the edge."""

from dataclasses import dataclass
from enum import Enum

from smoke.demo.edge.freshness import Rule


class Flaw(Enum):
    """What can be wrong with a certificate, so that no client accepts it."""

    SELF_SIGNED = "it is signed by nobody but itself"
    EXPIRED = "it was good until yesterday"
    OTHER_NAME = "it is for another host"
    NO_INTERMEDIATE = "the authority between it and the root is not sent along"


@dataclass(slots=True)
class EdgeChange:
    """
    The part of a deploy that happens at the edge.

    *rules* hold for its cache from then on. *visits* are host and path of what visitors ask for just before, and
    *too_early* the sources of new chunks that somebody asks for before they are published. After *purged_after_s* the
    cache is emptied. The certificate of the *flawed* hosts has a *flaw*.
    """

    rules: tuple[Rule, ...] = ()
    visits: tuple[tuple[str, str], ...] = ()
    too_early: tuple[str, ...] = ()
    purged_after_s: float | None = None
    flaw: Flaw | None = None
    flawed: tuple[str, ...] = ()
