"""Tell a live time stamp in an answer from a stale or a frozen one."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from smoke.http import Exchange

LIVE_S = 1.0
"""A stamp this young was evidently made for this answer; no second ask is needed."""

_MILLISECONDS = 1e11
"""Numbers above are milliseconds: as seconds they would lie in the year 5138."""

_PLAUSIBLE_S = 1e12


def epoch_s(value: Any) -> float | None:
    """Return epoch seconds for ISO 8601, an HTTP date, or a number of seconds or milliseconds; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        seconds = value / 1000 if value > _MILLISECONDS else float(value)
        return seconds if 0 < seconds < _PLAUSIBLE_S else None
    return _from_text(value) if isinstance(value, str) else None


def _from_text(text: str) -> float | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None


def age_s(stamp: float, exchange: Exchange) -> float:
    """
    Return how old *stamp* was when the answer came, in seconds; negative if it lies ahead.

    Where the answer's own Date agrees better, this machine's clock is not held against the target.
    """
    ages = [exchange.at - stamp]
    date = _from_text(exchange.headers.get("date", ""))
    if date is not None:
        ages.append(date - stamp)
    return min(ages, key=abs)


def stale(value: Any, exchange: Exchange, max_age_s: float) -> str | None:
    """Return what is wrong with the time stamp of one answer, or None."""
    stamp = epoch_s(value)
    if stamp is None:
        return "its time stamp is missing or unreadable"
    age = age_s(stamp, exchange)
    if abs(age) <= max_age_s:
        return None
    return f"its time stamp is older than {max_age_s:g} s" if age > 0 else "its time stamp lies ahead of time"


def stands_still(seen: Iterable[tuple[float, float]]) -> bool:
    """
    Tell whether a stamp of the first ask is still served at the last one, from (asked at, stamp) in epoch seconds.

    Asks less than `LIVE_S` apart are one ask: stamps in whole seconds do not advance within it.
    """
    pairs = sorted(seen)
    if not pairs or pairs[-1][0] - pairs[0][0] <= LIVE_S:
        return False
    first = {stamp for at, stamp in pairs if at - pairs[0][0] <= LIVE_S}
    last = {stamp for at, stamp in pairs if pairs[-1][0] - at <= LIVE_S}
    return bool(first & last)
