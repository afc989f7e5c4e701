"""
Ask a PostgreSQL database one question in one read-only transaction with a statement timeout.

Messages never hold the connection string, nor the driver's own words about it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio

from smoke.verdict.words import Cause

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

APPLICATION = "smokegate"

PRISMA_ONLY = frozenset(
    {
        "schema",
        "connection_limit",
        "pool_timeout",
        "socket_timeout",
        "pgbouncer",
        "statement_cache_size",
        "sslidentity",
        "sslaccept",
    }
)
"""Parameters of Prisma's connection strings that libpq refuses; `schema` says where the table lies."""


@dataclass(frozen=True, slots=True)
class Query:
    """
    One question: *text* with `{}` in place of *table*, if it has one.

    *columns* says in words whose columns the table must have.
    """

    text: str
    table: str = ""
    columns: str = ""
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRead:
    """Why there is no answer: *cause* None says that the database was read, but has no such table."""

    message: str
    cause: Cause | None


Rows = list[tuple[Any, ...]]


async def fetch(dsn: str, query: Query, timeout_s: float) -> Rows | NotRead:
    """Return the rows, or why they could not be read; never raises for that."""
    import psycopg

    try:
        with anyio.fail_after(timeout_s):
            return await _fetch(dsn, query, timeout_s)
    except TimeoutError:
        return NotRead(f"the database gave no answer within {timeout_s:g} s", Cause.RUNNER)
    except psycopg.Error as error:
        return _not_read(error, query)


async def _fetch(dsn: str, query: Query, timeout_s: float) -> Rows:
    import psycopg

    plain, schema = without_prisma_parameters(dsn)
    connection = await psycopg.AsyncConnection.connect(
        plain, application_name=APPLICATION, connect_timeout=max(2, int(timeout_s)), prepare_threshold=None
    )
    async with connection:
        # Set for this transaction alone: behind a pooler a session setting would reach other clients.
        await connection.set_read_only(True)
        await connection.execute(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}".encode())
        cursor = await connection.execute(_composed(query, schema), query.parameters or None)
        rows = await cursor.fetchall()
        await connection.rollback()
    return rows


def without_prisma_parameters(dsn: str) -> tuple[str, str | None]:
    """Return *dsn* as libpq takes it, and the schema that it names, if any."""
    if "?" not in dsn or not dsn.startswith(("postgres://", "postgresql://")):
        return dsn, None
    parameters = parse_qsl(urlsplit(dsn).query, keep_blank_values=True)
    kept = urlencode([pair for pair in parameters if pair[0] not in PRISMA_ONLY])
    bare = dsn.partition("?")[0]
    return (f"{bare}?{kept}" if kept else bare), dict(parameters).get("schema")


def _composed(query: Query, schema: str | None) -> "sql.Composed":
    from psycopg import sql

    if not query.table:
        return sql.Composed([sql.SQL(query.text)])
    table = query.table
    names = table.split(".") if "." in table or not schema else [schema, table]
    return sql.SQL(query.text).format(sql.Identifier(*names))


def _not_read(error: "psycopg.Error", query: Query) -> NotRead:
    from psycopg import errors

    what = query.table or "its catalogue"
    if isinstance(error, errors.UndefinedTable):
        return NotRead(f"there is no table {what}", None)
    if isinstance(error, errors.UndefinedColumn):
        return NotRead(f"the table {what} has not the columns of {query.columns}", None)
    if isinstance(error, errors.InsufficientPrivilege):
        return NotRead(f"the verifier's database role may not read {what}", Cause.CREDENTIALS)
    if isinstance(error, errors.QueryCanceled):
        return NotRead(f"the database did not return {what} in time", Cause.RUNNER)
    return _not_connected(str(error).lower())


def _not_connected(said: str) -> NotRead:
    """Tell a refused credential from an unreachable server; libpq gives no code for either, only words."""
    if "invalid uri" in said or "connection info string" in said or "invalid connection option" in said:
        return NotRead("the database's connection string is malformed", Cause.CREDENTIALS)
    if any(
        word in said for word in ("authentication", "pg_hba.conf", "does not exist", "permission denied", "password")
    ):
        return NotRead("the database refuses the verifier's credential", Cause.CREDENTIALS)
    if "connection refused" in said:
        return NotRead("the database cannot be reached from here: connection refused", Cause.RUNNER)
    return NotRead("the database cannot be reached from here", Cause.RUNNER)
