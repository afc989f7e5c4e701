"""The weather at the edge: what goes wrong between the visitor and the replicas."""

from dataclasses import dataclass, field
from random import Random


@dataclass(slots=True)
class Conditions:
    """
    What the edge does to requests beside forwarding them.

    *reset_share* of the connections are reset; *blip_share* of the requests find no upstream until *blip_until*
    (seconds of the event loop's clock); *maintenance* answers everything with the maintenance page.
    """

    rng: Random = field(default_factory=Random)
    reset_share: float = 0.0
    blip_share: float = 0.0
    blip_until: float = 0.0
    maintenance: bool = False

    def resets(self) -> bool:
        """Tell whether this connection is reset."""
        return self.rng.random() < self.reset_share

    def drops(self, now: float) -> bool:
        """Tell whether this request finds no upstream."""
        return now < self.blip_until and self.rng.random() < self.blip_share


def _maintenance_page(length: int = 308) -> bytes:
    head = b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Maintenance</title></head><body>'
    text = b"<h1>We'll be back soon</h1><p>Our website is down for scheduled maintenance. Please try again later.</p>"
    tail = b"</body></html>\n"
    return head + text.ljust(length - len(head) - len(tail)) + tail


MAINTENANCE_PAGE = _maintenance_page()
