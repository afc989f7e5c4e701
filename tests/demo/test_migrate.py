"""Migrations are applied once, in order, and recorded as Prisma does, against a real PostgreSQL."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString

import pytest

from smoke.demo import content, migrate
from smoke.demo.daemons import Sentinel, start_postgres
from smoke.demo.database import Connection, Pool, connect, connect_when_ready, dsn
from smoke.demo.endurance import Pooling
from smoke.demo.migrate import Migration, MigrationFailed, shipped

GOOD = Migration("20260101000000_good", "CREATE TABLE good (id INTEGER)")
BAD = Migration("20260102000000_bad", "CREATE TABLE half (id INTEGER); SELECT nothing FROM nowhere")
LATER = Migration("20260103000000_later", "CREATE TABLE later (id INTEGER)")


def open_directory() -> Path:
    """Make a directory that others may enter: pytest's are closed, and PostgreSQL may have to run as somebody else."""
    home = Path(tempfile.mkdtemp(prefix="smoke-test-"))
    home.chmod(0o711)
    return home


@asynccontextmanager
async def server() -> AsyncIterator[Path]:
    """Run a PostgreSQL server; yields the directory of its socket."""
    home = open_directory()
    sentinel = await Sentinel.start(home)
    try:
        yield await start_postgres(sentinel, home)
    finally:
        await sentinel.close()


async def rows(connection: Connection, sql: LiteralString) -> list[dict[str, Any]]:
    """Return all rows of a query."""
    return list(await (await connection.execute(sql)).fetchall())


async def _applies_once_in_order(connection: Connection) -> None:
    await migrate.deploy(connection, (GOOD,))
    await migrate.deploy(connection, (GOOD, LATER))
    history = await rows(connection, "SELECT * FROM _prisma_migrations ORDER BY started_at")
    assert [row["migration_name"] for row in history] == [GOOD.name, LATER.name]
    assert all(row["finished_at"] and not row["logs"] and row["applied_steps_count"] == 1 for row in history)
    assert history[0]["checksum"] == GOOD.checksum
    assert len(history[0]["id"]) == 36


async def _a_failure_blocks_what_follows(connection: Connection) -> None:
    with pytest.raises(MigrationFailed, match="P3018 20260102000000_bad failed to apply"):
        await migrate.deploy(connection, (GOOD, BAD, LATER))
    with pytest.raises(MigrationFailed, match=r"P3009 .*20260102000000_bad"):
        await migrate.deploy(connection, (GOOD, LATER))
    unfinished = await rows(connection, "SELECT * FROM _prisma_migrations WHERE finished_at IS NULL")
    assert [row["migration_name"] for row in unfinished] == [BAD.name]
    assert "does not exist" in unfinished[0]["logs"]
    tables = {row["tablename"] for row in await rows(connection, "SELECT tablename FROM pg_tables")}
    assert "good" in tables
    assert not {"half", "later"} & tables


async def _a_resolved_failure_blocks_nothing(connection: Connection) -> None:
    with pytest.raises(MigrationFailed):
        await migrate.deploy(connection, (BAD,))
    await connection.execute("UPDATE _prisma_migrations SET rolled_back_at = now()")
    await migrate.deploy(connection, (GOOD,))
    assert len(await rows(connection, "SELECT 1 FROM _prisma_migrations WHERE finished_at IS NOT NULL")) == 1


async def _the_shipped_ones_carry_the_content(connection: Connection) -> None:
    await migrate.deploy(connection, shipped()[:-1])
    await content.populate(connection, (content.customer(), content.control()))
    await migrate.deploy(connection, shipped())
    (first,) = await rows(connection, "SELECT * FROM invoice WHERE number = 'INV-2026-0001'")
    assert (str(first["total"]), (first["due_on"] - first["issued_on"]).days) == ("105.19", 30)
    await content.turn_into_staging(connection)
    left = await rows(connection, "SELECT number FROM invoice")
    assert left
    assert all(row["number"].startswith("STG-") for row in left)


CASES: tuple[Callable[[Connection], Awaitable[None]], ...] = (
    _applies_once_in_order,
    _a_failure_blocks_what_follows,
    _a_resolved_failure_blocks_nothing,
    _the_shipped_ones_carry_the_content,
)


def test_migrations() -> None:
    """Each case holds on an empty database of its own, in one server, since starting one takes a second."""

    async def run() -> None:
        async with server() as socket:
            admin = await connect_when_ready(dsn(socket, "postgres"))
            for number, case in enumerate(CASES):
                await admin.execute(f"CREATE DATABASE case_{number}".encode())
                async with await connect(dsn(socket, f"case_{number}")) as connection:
                    await case(connection)
            await _a_pool_replaces_broken_connections(admin, Pool(dsn(socket, "postgres"), Pooling(1)))
            await admin.close()

    asyncio.run(run())


async def _a_pool_replaces_broken_connections(admin: Connection, pool: Pool) -> None:
    (before,) = await pool.rows("SELECT pg_backend_pid() AS pid")
    assert (await pool.rows("SELECT pg_backend_pid() AS pid"))[0] == before
    await admin.execute("SELECT pg_terminate_backend(%s)", (before["pid"],))
    with pytest.raises(Exception, match=r"terminat|closed"):
        await pool.rows("SELECT 1")
    assert (await pool.rows("SELECT pg_backend_pid() AS pid"))[0] != before
    assert await pool.rows("CREATE TABLE pooled (id INTEGER)") == []
    await pool.close()
