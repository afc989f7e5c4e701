"""
Read the migration history of a PostgreSQL database in one read-only transaction.

Column meanings are those of Prisma's `_prisma_migrations` (wire formats, section 6.1). Messages never hold the
connection string, nor the driver's own words about it.
"""

from dataclasses import asdict, dataclass
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

QUERY = """
SELECT migration_name, finished_at IS NOT NULL, rolled_back_at IS NOT NULL,
       extract(epoch FROM now() - started_at)::float8, coalesce(left(logs, 200), '')
FROM {} ORDER BY started_at
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One row of the history; *age_s* is the seconds since it was started, by the database's own clock."""

    name: str
    finished: bool
    rolled_back: bool
    age_s: float
    logs: str

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NotRead:
    """Why there is no history: *cause* None says that the database was read, but has no such table."""

    message: str
    cause: Cause | None


async def read_history(dsn: str, table: str, timeout_s: float) -> tuple[Migration, ...] | NotRead:
    """Return the migrations in the order of their start, or why they could not be read; never raises for that."""
    import psycopg

    try:
        with anyio.fail_after(timeout_s):
            rows = await _fetch(dsn, table, timeout_s)
    except TimeoutError:
        return NotRead(f"the database gave no answer within {timeout_s:g} s", Cause.RUNNER)
    except psycopg.Error as error:
        return _not_read(error, table)
    return tuple(Migration(*row) for row in rows)


async def _fetch(dsn: str, table: str, timeout_s: float) -> list[Any]:
    import psycopg

    plain, schema = without_prisma_parameters(dsn)
    connection = await psycopg.AsyncConnection.connect(
        plain, application_name=APPLICATION, connect_timeout=max(2, int(timeout_s)), prepare_threshold=None
    )
    async with connection:
        # Set for this transaction alone: behind a pooler a session setting would reach other clients.
        await connection.set_read_only(True)
        await connection.execute(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}".encode())
        cursor = await connection.execute(_query(table, schema))
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


def _query(table: str, schema: str | None) -> "sql.Composed":
    from psycopg import sql

    names = table.split(".") if "." in table or not schema else [schema, table]
    return sql.SQL(QUERY).format(sql.Identifier(*names))


def _not_read(error: "psycopg.Error", table: str) -> NotRead:
    from psycopg import errors

    if isinstance(error, errors.UndefinedTable):
        return NotRead(f"there is no table {table}", None)
    if isinstance(error, errors.UndefinedColumn):
        return NotRead(f"the table {table} has not the columns of Prisma's history", None)
    if isinstance(error, errors.InsufficientPrivilege):
        return NotRead(f"the verifier's database role may not read {table}", Cause.CREDENTIALS)
    if isinstance(error, errors.QueryCanceled):
        return NotRead(f"the database did not return {table} in time", Cause.RUNNER)
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
