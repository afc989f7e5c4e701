"""A lock that all machines share which share a PostgreSQL history."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from smoke.history.store import History, explained


@contextmanager
def exclusive(history: History, number: int) -> Iterator[bool]:
    """Hold the server's lock *number* if it is free; yields whether it was. Raises HistoryFailed."""
    with explained():
        connection = history.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with explained():
            alone = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}))
        yield alone
    finally:
        connection.invalidate()  # the lock ends with its connection, so that one never comes back from the pool locked
        connection.close()
