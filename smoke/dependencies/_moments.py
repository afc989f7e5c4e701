"""Moments as others write them."""

from datetime import UTC, datetime

_MILLISECONDS = 1e11
"""No number of seconds is as large: it would be the year 5138."""


def epoch_s(value: object) -> float | None:
    """
    Return epoch seconds for an ISO 8601 text or a number of seconds or milliseconds; else None.

    A text that names no zone is in UTC, as servers write it, whatever the zone of this machine is. What lies before
    1970 or beyond 5138 is no moment: not every calendar could show it.
    """
    seconds = _seconds(value)
    return seconds if seconds is not None and 0 <= seconds <= _MILLISECONDS else None


def _seconds(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value / 1000 if value > _MILLISECONDS else float(value)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except ValueError:
        return None
