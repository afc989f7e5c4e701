"""
Database migrations, recorded as Prisma records them.

Each directory under `migrations/` holds one `migration.sql`; `deploy` applies those that are not yet in
`_prisma_migrations`, in order of their names, as `prisma migrate deploy` does.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from psycopg import Error
from psycopg.rows import DictRow

from smoke.demo.database import Connection

DIRECTORY = Path(__file__).parent / "migrations"

HISTORY = """
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)
"""


class MigrationFailed(Exception):
    """A migration could not be applied; its row stays unfinished and blocks all later ones (P3018, P3009)."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: the name of its directory and its SQL."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the SQL."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> tuple[Migration, ...]:
    """Return all migrations of the repository in order."""
    paths = sorted(DIRECTORY.glob("*/migration.sql"))
    return tuple(Migration(path.parent.name, path.read_text("utf-8")) for path in paths)


async def deploy(connection: Connection, migrations: tuple[Migration, ...]) -> None:
    """Apply what is missing; raises MigrationFailed and applies nothing more when one fails or has failed before."""
    await connection.execute(HISTORY)
    rows = await _history(connection)
    failed = [row["migration_name"] for row in rows if row["finished_at"] is None]
    if failed:
        raise MigrationFailed(f"P3009 migrate found failed migrations in the target database: {', '.join(failed)}")
    applied = {row["migration_name"] for row in rows}
    for migration in migrations:
        if migration.name not in applied:
            await _apply(connection, migration)


async def _history(connection: Connection) -> list[DictRow]:
    cursor = await connection.execute('SELECT * FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL')
    return await cursor.fetchall()


async def _apply(connection: Connection, migration: Migration) -> None:
    row: dict[str, Any] = {"id": str(uuid4()), "checksum": migration.checksum, "name": migration.name}
    await connection.execute(
        'INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name") VALUES (%(id)s, %(checksum)s, %(name)s)',
        row,
    )
    try:
        async with connection.transaction():
            await connection.execute(migration.sql.encode())
    except Error as error:
        await connection.execute(
            'UPDATE "_prisma_migrations" SET "logs" = %s WHERE "id" = %s', (f"A migration failed: {error}", row["id"])
        )
        raise MigrationFailed(f"P3018 {migration.name} failed to apply: {error}") from error
    await connection.execute(
        'UPDATE "_prisma_migrations" SET "finished_at" = now(), "applied_steps_count" = 1 WHERE "id" = %s', (row["id"],)
    )
