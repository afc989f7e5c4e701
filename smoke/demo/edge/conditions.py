"""What goes wrong at the edge, between the visitor and the replicas."""

from dataclasses import dataclass, field
from random import Random

from smoke.demo.edge.screens import Screen


@dataclass(slots=True)
class Conditions:
    """
    What the edge does to requests beside forwarding them.

    *reset_share* of the connections are reset; *blip_share* of the requests find no upstream until *blip_until*
    (seconds of the event loop's clock); *screen* stands before everything and answers in its place.
    """

    rng: Random = field(default_factory=Random)
    reset_share: float = 0.0
    blip_share: float = 0.0
    blip_until: float = 0.0
    screen: Screen | None = None

    def resets(self) -> bool:
        """Tell whether this connection is reset."""
        return self.rng.random() < self.reset_share

    def drops(self, now: float) -> bool:
        """Tell whether this request finds no upstream."""
        return now < self.blip_until and self.rng.random() < self.blip_share
