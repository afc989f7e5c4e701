"""An empty history, on a file and on a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from smoke.history import database, place
from smoke.history.store import History
from tests.history.postgres import Server, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Return a server that runs."""
    with server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Return the place of an empty history of each kind."""
    if request.param == "sqlite":
        return database.location(tmp_path, {})
    running: Server = request.getfixturevalue("postgres")
    return database.location(tmp_path, {place.VARIABLE: running.database()})


@pytest.fixture
def history(url: URL) -> Iterator[History]:
    """Return an empty history."""
    opened = History(database.connect(url))
    yield opened
    opened.close()
