"""What an answer says of there being too many requests, and of when to ask again."""

from datetime import UTC
from email.utils import parsedate_to_datetime

from smoke.http.exchange import Exchange

TOO_MANY = 429
UNSAID_S = 1.0
"""How long a host is left alone that does not say how long."""
LONGEST_S = 15.0
"""A longer pause does not fit into a run; whoever asks for one gets none."""


def retry_after_s(exchange: Exchange) -> float | None:
    """
    Return the seconds that `Retry-After` asks for, given as seconds or as a date (RFC 9110, section 10.2.3), else None.

    A date is compared with the answer's own `Date`, so that a clock that is wrong on either side does no harm.
    """
    value = exchange.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until, now = _epoch(value), _epoch(exchange.headers.get("date", ""))
    if until is None:
        return None
    return max(0.0, until - (exchange.at if now is None else now))


def rest_s(exchange: Exchange) -> float | None:
    """Return how long to leave a host alone that says that there were too many requests, if a run can wait for it."""
    if exchange.status != TOO_MANY:
        return None
    asked_s = retry_after_s(exchange)
    rest = UNSAID_S if asked_s is None else max(asked_s, UNSAID_S)
    return rest if rest <= LONGEST_S else None


def _epoch(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    # A date without a zone is in GMT by definition of the header.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
