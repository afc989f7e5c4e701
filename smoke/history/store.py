"""The history itself: transactions that read, and transactions that write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from smoke.errors import HistoryFailed
from smoke.history.database import READS

__all__ = ["Connection", "History", "explained"]


@dataclass(frozen=True)
class History:
    """A database that is open."""

    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction: all of it is kept or nothing. Raises HistoryFailed."""
        with explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read what one moment held. Raises HistoryFailed."""
        with explained(), self.engine.connect() as connection:
            yield connection.execution_options(**READS[connection.dialect.name])

    @property
    def file(self) -> Path | None:
        """The file that holds it, None for a server."""
        url = self.engine.url
        return Path(url.database) if self.engine.dialect.name == "sqlite" and url.database else None

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()


@contextmanager
def explained() -> Iterator[None]:
    """Say in one sentence what the database refused, as HistoryFailed."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()
        raise HistoryFailed(f"the history failed: {said[0] if said else type(error).__name__}") from error
