"""What two accounts are each given of their own, and that it reaches the other one later; pure."""

from collections.abc import Sequence
from hashlib import sha256

from smoke.checks._sharing import Given

MUCH = 0.8

Own = list[list[str | int]]
"""For each of two roles a digest of what it is given, and its length."""


def own(given: Sequence[Given]) -> Own | None:
    """Return what each of two roles is given, if it is always the same and not what the other one is given."""
    bodies = _bodies(given)
    if len(bodies) < 2 or any(len(one) != 1 for one in bodies) or alike(given):  # noqa: PLR2004 - two accounts
        return None
    return [_told(body) for one in bodies for body in one]


def alike(given: Sequence[Given]) -> bool:
    """Tell whether two roles were given the very same at least once; an empty list may be what both have."""
    bodies = _bodies(given)
    return len(bodies) > 1 and not bodies[0].isdisjoint(bodies[1])


def swapped(given: Sequence[Given], before: Own | None) -> bool:
    """
    Tell whether one role is given what was the other one's alone, as *before* has it.

    Not if that is much less than its own was: who lost something may be left with as little as the other always had.
    """
    if not before:
        return False
    told = [[_told(body) for body in one] for one in _bodies(given)]
    pairs = ((0, 1), (1, 0)) if len(told) > 1 else ()
    return any(
        before[owner] in told[other] and int(before[owner][1]) >= MUCH * int(before[other][1]) for owner, other in pairs
    )


def _bodies(given: Sequence[Given]) -> list[set[bytes]]:
    roles = dict.fromkeys(one.role for one in given if one.role)
    return [{one.exchange.body for one in given if one.role == role and one.good} - {b""} for role in roles]


def _told(body: bytes) -> list[str | int]:
    return [sha256(body).hexdigest()[:16], len(body)]
