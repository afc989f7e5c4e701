"""Tables, columns and indexes by name, in a real PostgreSQL: the only proof after a schema was pushed."""

import socket
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from smoke.checks._check import Observation
from smoke.checks.databases import DatabaseCheck, checks
from smoke.dependencies.database_objects import Relation
from smoke.errors import SecretMissing
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import concluded, environment_of, world_of
from tests.dependencies.postgres_server import Database

WANTED: dict[str, Any] = {
    "tables": ["orders"],
    "columns": {"orders": ["id", "total"]},
    "indexes": ["orders_total"],
}


@pytest.fixture
def schema(database: Database) -> Iterator[str]:
    """Make a schema with a table and an index."""
    name = f"s{uuid4().hex}"
    database.execute(
        f"CREATE SCHEMA {name}",
        f"CREATE TABLE {name}.orders (id int PRIMARY KEY, total int, gone int)",
        f"ALTER TABLE {name}.orders DROP COLUMN gone",
        f"CREATE INDEX orders_total ON {name}.orders (total)",
    )
    yield name
    database.execute(f"DROP SCHEMA {name} CASCADE")


def check_of(**keys: Any) -> DatabaseCheck:
    """Return the check of one database."""
    environment = environment_of(databases={"main": {"dsn": {"env": "DSN"}, **keys}}, limits={"timeout_s": 2})
    (check,) = checks(environment, Release())
    assert isinstance(check, DatabaseCheck)
    assert (check.id, check.independent) == ("database/main", True)
    return check


def judged(dsn: str, **keys: Any) -> Judgement:
    """Make the check."""
    return concluded(check_of(**keys), world_of({}, secret=lambda _: dsn))


def test_all_there(database: Database, schema: str) -> None:
    """What is there is counted."""
    found = judged(database.dsn, search=schema, **WANTED)

    assert (found.outcome, found.message) == (Outcome.PASSED, "1 table, 2 columns, 1 index: all there")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"tables": ["invoices"]}, "there is no table {0}.invoices"),
        ({"tables": ["orders_total"]}, "there is no table {0}.orders_total"),
        (
            {"columns": {"orders": ["id", "gone", "vat"]}},
            "table {0}.orders has no column gone; table {0}.orders has no column vat",
        ),
        ({"indexes": ["orders_vat"]}, "there is no index {0}.orders_vat"),
        ({"indexes": ["orders"]}, "there is no index {0}.orders"),
        ({"tables": ["nowhere.orders"]}, "there is no table nowhere.orders"),
    ],
)
def test_missing(database: Database, schema: str, keys: dict[str, Any], message: str) -> None:
    """What is missing is named in full; that it was missing before the deploy excuses nothing."""
    found = judged(database.dsn, search=schema, **keys)

    assert (found.outcome, found.message) == (Outcome.FAILED, message.format(schema))
    assert found.facts["signature"] == ""


def invalidate(database: Database, schema: str) -> None:
    """Leave an invalid index behind, as a concurrent build that meets a duplicate does."""
    database.execute(f"INSERT INTO {schema}.orders VALUES (1, 7), (2, 7)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.execute(f"CREATE UNIQUE INDEX CONCURRENTLY orders_once ON {schema}.orders (total)")


def test_invalid_index(database: Database, schema: str) -> None:
    """An index that a failed build left invalid fails if it was asked for, and is noted otherwise."""
    invalidate(database, schema)
    asked = judged(database.dsn, search=schema, indexes=["orders_once"])
    beside = judged(database.dsn, search=schema, tables=["orders"])

    assert asked.outcome is Outcome.FAILED
    assert f"CONCURRENTLY leaves it: {schema}.orders_once" in asked.message
    assert asked.facts["signature"] == f"invalid: {schema}.orders_once"
    assert (beside.outcome, beside.facts["noted"]) == (
        Outcome.PASSED,
        f"not valid, but not asked for: {schema}.orders_once",
    )


def test_index_being_built() -> None:
    """An index that is being built may still become valid."""
    index = Relation("public.orders_total", is_index=True, valid=False, building=True, of="public.orders")
    found = check_of(indexes=["orders_total"]).judge([Observation(facts={"relations": (index,)})])

    assert (found.outcome, found.unclear) == (Outcome.UNDECIDED, True)


def test_a_role_that_may_only_connect(database: Database, schema: str) -> None:
    """The catalogue is open to everybody, so a role without any right on the tables suffices."""
    role = f"r{uuid4().hex}"
    database.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'weak-one'")
    found = judged(database.dsn_as(role, "weak-one"), search=schema, **WANTED)
    database.execute(f"DROP ROLE {role}")

    assert found.outcome is Outcome.PASSED


def test_could_not_look(database: Database) -> None:
    """A refused password, a closed port and a missing secret leave the check undecided."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def missing(_reference: object) -> str:
        raise SecretMissing("set DSN")

    refused = judged(database.dsn_as("postgres", "wrong"), tables=["orders"])
    closed = judged(f"postgresql://x:y@127.0.0.1:{port}/z", tables=["orders"])
    unset = concluded(check_of(tables=["orders"]), world_of({}, secret=missing))

    assert [one.outcome for one in (refused, closed, unset)] == [Outcome.UNDECIDED] * 3
    assert (closed.cause, unset.cause) == (Cause.RUNNER, Cause.CREDENTIALS)
    assert "wrong" not in refused.message
