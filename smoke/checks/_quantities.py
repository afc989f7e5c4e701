"""Numbers and versions as JSON answers spell them."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

VERSION = re.compile(
    r"^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]{1,64}))?(?:\+[0-9A-Za-z.-]{1,64})?$"
)
"""A version by semver.org; app stores also carry such as 4 and 4.2, which mean 4.0.0 and 4.2.0."""

_DECIMAL = re.compile(r"^-?\d{1,15}(\.\d{1,15})?$")
_CLOSE = Decimal("1e-9")
"""What binary fractions may add to a sum, as a share of it."""

Version = tuple[int, int, int, tuple[tuple[bool, int, str], ...]]


def number(value: Any, *, texts: bool = True) -> Decimal | None:
    """Return *value* as an exact number, or None; with *texts* also where it is written as a decimal text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str):
        return Decimal(value) if texts and _DECIMAL.match(value) else None
    try:
        found = Decimal(repr(value))
    except (InvalidOperation, ValueError):
        return None
    return found if found.is_finite() else None


def numbers(values: Any) -> list[Decimal] | None:
    """Return a list of numbers, or None where *values* is no list or one of them is no number."""
    found = [number(one) for one in values] if isinstance(values, list) else [None]
    return [one for one in found if one is not None] if None not in found else None


def version(value: Any) -> Version | None:
    """Return a version that sorts by semver's rules, or None for what is none."""
    match = VERSION.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    major, minor, patch = (int(part or 0) for part in match.groups()[:3])
    return major, minor, patch, _prerelease(match[4])


def near(value: Decimal, other: Decimal, within: float = 0.0) -> bool:
    """Tell whether two numbers are equal but for rounding."""
    allowed = Decimal(repr(within)) + _CLOSE * max(abs(value), abs(other), Decimal(1))
    return abs(value - other) <= allowed


def product(values: Iterable[Decimal]) -> Decimal:
    """Return the product of *values*."""
    result = Decimal(1)
    for one in values:
        result *= one
    return result


def _prerelease(text: str | None) -> tuple[tuple[bool, int, str], ...]:
    """Return what orders pre-releases: a release comes after all of them, numbers come before texts."""
    if text is None:
        return ((True, 0, "~"),)
    return tuple((not one.isdecimal(), int(one) if one.isdecimal() else 0, one) for one in text.split("."))
