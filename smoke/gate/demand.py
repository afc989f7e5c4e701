"""What the job that promotes asks for, and how it is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoke.attestation.envelope import PublicKey
FUTURE_S = 60.0
"""What two machines' clocks may differ by, in seconds; a verdict from later than that is none of this world."""


@dataclass(frozen=True, slots=True)
class Demand:
    """
    A verdict on *environment* at the commit *sha*, at most *max_age_s* old at *now* (epoch seconds).

    With *keys* it must be signed by one of them.
    """

    environment: str
    sha: str
    max_age_s: float
    now: float
    keys: Sequence["PublicKey"] = ()


class Refused(Exception):
    """The file is not obeyed: *found* says what it is, *remedy* what to do about it."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.found = found
        self.remedy = remedy
