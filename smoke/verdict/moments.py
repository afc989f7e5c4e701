"""Moments as we write them into files that others read."""

from datetime import UTC, datetime


def iso(epoch_s: float) -> str:
    """Return ISO 8601 in UTC, to the millisecond: `2026-11-26T10:00:00.000Z`."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
