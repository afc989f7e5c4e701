"""Reading a migration history from a real PostgreSQL."""

import asyncio
import socket
from collections.abc import Iterator
from uuid import uuid4

import pytest

from smoke.dependencies.migration_history import Migration, read_history
from smoke.dependencies.postgres import NotRead, without_prisma_parameters
from smoke.verdict.words import Cause
from tests.dependencies.postgres_server import Database

TABLE = """
CREATE TABLE {} (
    id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0
)
"""
ROW = """
INSERT INTO {} (id, checksum, migration_name, started_at, finished_at, rolled_back_at, logs)
VALUES (gen_random_uuid(), 'x', '{}', {}, {}, {}, {})
"""


@pytest.fixture
def schema(database: Database) -> Iterator[str]:
    """Make a schema with an empty history, so that tests do not meet."""
    name = f"s{uuid4().hex}"
    database.execute(f"CREATE SCHEMA {name}", TABLE.format(f"{name}._prisma_migrations"))
    yield name
    database.execute(f"DROP SCHEMA {name} CASCADE")


def read(dsn: str, table: str = "_prisma_migrations", timeout_s: float = 5.0) -> tuple[Migration, ...] | NotRead:
    """Read a history."""
    return asyncio.run(read_history(dsn, table, timeout_s))


def reason(dsn: str, table: str = "_prisma_migrations", timeout_s: float = 5.0) -> NotRead:
    """Return why a history cannot be read, having seen that no part of the connection string is told."""
    found = read(dsn, table, timeout_s)
    assert isinstance(found, NotRead)
    assert not any(part in found.message for part in ("postgresql://", "only-for-this-test", "127.0.0.1", "secret"))
    return found


def test_rows_in_order(database: Database, schema: str) -> None:
    """Each row says whether it finished or was rolled back, how old it is and what it logged."""
    table = f"{schema}._prisma_migrations"
    database.execute(
        ROW.format(table, "2026_b", "now() - interval '1 minute'", "NULL", "NULL", "'boom'"),
        ROW.format(table, "2026_a", "now() - interval '1 hour'", "now()", "NULL", "NULL"),
        ROW.format(table, "2026_c", "now()", "NULL", "now()", "NULL"),
    )

    rows = read(f"{database.dsn}?schema={schema}&connection_limit=5&pgbouncer=true")

    assert not isinstance(rows, NotRead)
    assert [(row.name, row.finished, row.rolled_back, row.logs) for row in rows] == [
        ("2026_a", True, False, ""),
        ("2026_b", False, False, "boom"),
        ("2026_c", False, True, ""),
    ]
    assert rows[1].age_s == pytest.approx(60, abs=30)


def test_table_named_with_its_schema(database: Database, schema: str) -> None:
    """A table may be named with its schema instead."""
    assert read(database.dsn, f"{schema}._prisma_migrations") == ()


def test_only_reads(database: Database, schema: str) -> None:
    """Even a table whose reading would write is refused, as the transaction is read-only."""
    table = f"{schema}.trap"
    database.execute(
        f"CREATE TABLE {schema}.touched (at timestamptz)",
        f"CREATE FUNCTION {schema}.touch() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
        f"'INSERT INTO {schema}.touched VALUES (now()) RETURNING at'",
        f"CREATE VIEW {table} AS SELECT *, {schema}.touch() AS at FROM {schema}._prisma_migrations",
        ROW.format(f"{schema}._prisma_migrations", "2026_a", "now()", "now()", "NULL", "NULL"),
        f"ALTER VIEW {table} RENAME COLUMN started_at TO unused",
        f"ALTER VIEW {table} RENAME COLUMN at TO started_at",
    )

    assert isinstance(read(database.dsn, table), NotRead)


def test_table_cannot_inject(database: Database) -> None:
    """A table's name is quoted, whatever it holds."""
    assert reason(database.dsn, 'x"; DROP TABLE y; --').cause is None


def test_missing_table(database: Database) -> None:
    """A database without the table was looked at: that is no obstacle, but a finding."""
    found = reason(database.dsn, "_no_such_table")

    assert (found.cause, found.message) == (None, "there is no table _no_such_table")


def test_other_table(database: Database, schema: str) -> None:
    """A table with other columns is not a history."""
    database.execute(f"CREATE TABLE {schema}.other (id int)")

    assert "columns" in reason(database.dsn, f"{schema}.other").message


def test_role_without_permission(database: Database, schema: str) -> None:
    """A role that may not read the table is the credentials' fault."""
    role = f"r{uuid4().hex}"
    database.execute(
        f"CREATE ROLE {role} LOGIN PASSWORD 'only-for-this-test'", f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    )

    found = reason(database.dsn_as(role, "only-for-this-test"), f"{schema}._prisma_migrations")

    database.execute(f"REVOKE ALL ON SCHEMA {schema} FROM {role}", f"DROP ROLE {role}")
    assert found.cause is Cause.CREDENTIALS


def test_locked_table(database: Database, schema: str) -> None:
    """A table that a migration has locked is given up after the time limit."""
    import psycopg

    with psycopg.connect(database.dsn) as connection:
        connection.execute(f"LOCK TABLE {schema}._prisma_migrations".encode())
        found = reason(f"{database.dsn}?schema={schema}", timeout_s=0.3)

    assert found.cause is Cause.RUNNER


@pytest.mark.parametrize(
    "dsn",
    ["postgresql://nobody:secret@127.0.0.1:{port}/postgres", "postgresql://postgres:secret@127.0.0.1:{port}/postgres"],
)
def test_refused_credential(database: Database, dsn: str) -> None:
    """A wrong user or password is the credentials' fault, never passed."""
    assert reason(dsn.format(port=database.port)).cause is Cause.CREDENTIALS


@pytest.mark.parametrize("dsn", ["secret rubbish", "postgresql://x:secret@[::1/y", "", "mysql://a:secret@h/d"])
def test_malformed(dsn: str) -> None:
    """A string that is no connection string is never repeated in the message."""
    found = reason(dsn)

    assert found.cause in {Cause.CREDENTIALS, Cause.RUNNER}


def test_refused_connection() -> None:
    """A port without a server cannot be looked at: the runner's fault until something else is proved."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert reason(f"postgresql://x:secret@127.0.0.1:{port}/x").cause is Cause.RUNNER


def test_silent_server() -> None:
    """A server that accepts and says nothing is given up after the time limit."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        found = reason(f"postgresql://x:secret@127.0.0.1:{silent.getsockname()[1]}/x", timeout_s=0.3)

    assert (found.cause, found.message) == (Cause.RUNNER, "the database gave no answer within 0.3 s")


@pytest.mark.parametrize(
    ("dsn", "plain", "schema"),
    [
        ("postgresql://u:p@h/d", "postgresql://u:p@h/d", None),
        ("postgresql://u:p@h/d?schema=app", "postgresql://u:p@h/d", "app"),
        ("postgres://u:p@h/d?schema=a&sslmode=require", "postgres://u:p@h/d?sslmode=require", "a"),
        ("postgresql://u:p@h/d?host=%2Ftmp%2Fpg&pgbouncer=true", "postgresql://u:p@h/d?host=%2Ftmp%2Fpg", None),
        ("host=h password=a?b", "host=h password=a?b", None),
    ],
)
def test_prisma_parameters(dsn: str, plain: str, schema: str | None) -> None:
    """Prisma's own parameters are taken out, as libpq refuses them; the others stay."""
    assert without_prisma_parameters(dsn) == (plain, schema)
