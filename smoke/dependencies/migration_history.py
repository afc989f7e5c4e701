"""
The migration history of each tool as rows of one shape.

Tables and the meaning of their columns are the tools' own (docs/wire-formats.md). Columns that only some versions of a
tool have are read through `to_jsonb`, which knows no missing column.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from smoke.dependencies.postgres import NotRead, Query, fetch

FLYWAY_NOTES = frozenset({"SCHEMA", "DELETE", "UNDO_SQL", "UNDO_JDBC", "UNDO_SCRIPT", "UNDO_SPRING_JDBC"})
"""Types of Flyway's rows that apply no migration: a schema made, a migration given up or undone."""

BASELINE = frozenset({"BASELINE", "SQL_BASELINE", "JDBC_BASELINE"})


@dataclass(frozen=True, slots=True)
class Migration:
    """
    One row of the history; *age_s* is the seconds since it was started, by the database's own clock.

    *also* holds further names that it is known by. *when* is Drizzle's time of the migration's making, by which it is
    recognised where rows hold no names. *baseline* says that earlier versions count as applied.
    """

    name: str
    finished: bool
    rolled_back: bool = False
    age_s: float = 0.0
    logs: str = ""
    checksum: str = ""
    also: tuple[str, ...] = ()
    when: int | None = None
    baseline: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return {**asdict(self), "also": list(self.also)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Migration":
        """Read back what `to_json` wrote."""
        return cls(**{**data, "also": tuple(data["also"])})


@dataclass(frozen=True, slots=True)
class History:
    """How one tool keeps its history: its name for people, its table, the question and what a row means."""

    tool: str
    table: str
    query: str
    read: Callable[[list[tuple[Any, ...]]], tuple[Migration, ...]]


async def read_history(
    dsn: str, table: str | None, timeout_s: float, tool: str = "prisma"
) -> tuple[Migration, ...] | NotRead:
    """Return the migrations in the order of their start, or why they could not be read; never raises for that."""
    history = HISTORIES[tool]
    query = Query(history.query, table or history.table, f"{history.tool}'s history")
    rows = await fetch(dsn, query, timeout_s)
    return rows if isinstance(rows, NotRead) else history.read(rows)


def _plain(rows: list[tuple[Any, ...]]) -> tuple[Migration, ...]:
    return tuple(Migration(*row) for row in rows)


def _named(rows: list[tuple[Any, ...]]) -> tuple[Migration, ...]:
    return tuple(Migration(str(row[0]), finished=True) for row in rows)


def _drizzle(rows: list[tuple[Any, ...]]) -> tuple[Migration, ...]:
    return tuple(
        Migration(name or "", finished=True, checksum=str(digest), also=(str(digest),), when=int(when or 0))
        for digest, when, name in rows
    )


def supabase_row(version: str, name: str | None) -> Migration:
    """Return one of Supabase's migrations, which is known by its version, its name, and both."""
    return Migration(version, finished=True, also=(name, f"{version}_{name}") if name else ())


def _supabase(rows: list[tuple[Any, ...]]) -> tuple[Migration, ...]:
    return tuple(supabase_row(str(version), name) for version, name in rows)


def _flyway(rows: list[tuple[Any, ...]]) -> tuple[Migration, ...]:
    """Read Flyway's rows in the order of their rank: a later undo or removal takes an earlier row back."""
    made: list[Migration] = []
    for version, description, kind, script, checksum, age_s, success in rows:
        if kind in FLYWAY_NOTES:
            if success and version is not None:
                made = [one for one in made if one.name != version]
            continue
        made = [one for one in made if not (version is None and one.name == description)]
        made.append(
            Migration(
                version if version is not None else description,
                finished=bool(success),
                age_s=float(age_s or 0),
                logs="" if success else "Flyway recorded it as failed",
                checksum="" if checksum is None else str(checksum),
                also=tuple(one for one in (script, description) if one),
                baseline=kind in BASELINE,
            )
        )
    return tuple(made)


HISTORIES = {
    "prisma": History(
        "Prisma",
        "_prisma_migrations",
        "SELECT migration_name, finished_at IS NOT NULL, rolled_back_at IS NOT NULL, "
        "extract(epoch FROM now() - started_at)::float8, coalesce(left(logs, 200), ''), "
        "coalesce(to_jsonb(t) ->> 'checksum', '') FROM {} AS t ORDER BY started_at",
        _plain,
    ),
    "drizzle": History(
        "Drizzle",
        "drizzle.__drizzle_migrations",
        "SELECT hash, created_at, to_jsonb(t) ->> 'name' FROM {} AS t ORDER BY created_at",
        _drizzle,
    ),
    "supabase": History(
        "Supabase",
        "supabase_migrations.schema_migrations",
        "SELECT version, to_jsonb(t) ->> 'name' FROM {} AS t ORDER BY version",
        _supabase,
    ),
    "alembic": History("Alembic", "alembic_version", "SELECT version_num FROM {} ORDER BY 1", _named),
    "django": History("Django", "django_migrations", "SELECT app || '.' || name FROM {} ORDER BY applied, id", _named),
    "flyway": History(
        "Flyway",
        "flyway_schema_history",
        "SELECT version, description, type, script, checksum, extract(epoch FROM now() - installed_on)::float8, "
        "success FROM {} ORDER BY installed_rank",
        _flyway,
    ),
}
"""How each tool keeps its history."""
