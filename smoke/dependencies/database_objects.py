"""Which tables, columns and indexes a PostgreSQL database has, by name, and which indexes are invalid."""

from collections.abc import Sequence
from dataclasses import dataclass

from smoke.dependencies.postgres import NotRead, Query, fetch

INDEX_KINDS = frozenset({"i", "I"})

QUERY = """
SELECT n.nspname, c.relname, c.relkind::text,
       coalesce(i.indisvalid AND i.indisready, true),
       EXISTS (SELECT 1 FROM pg_stat_progress_create_index p
               WHERE p.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND coalesce(p.index_relid, c.oid) = c.oid AND i.indexrelid IS NOT NULL),
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       coalesce(tn.nspname || '.' || t.relname, '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_index i ON i.indexrelid = c.oid
     LEFT JOIN pg_class t ON t.oid = i.indrelid
     LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE n.nspname || '.' || c.relname = ANY(%s) OR tn.nspname || '.' || t.relname = ANY(%s)
"""
"""Who may not see the progress of a build sees at least that there is one in this database."""


@dataclass(frozen=True, slots=True)
class Relation:
    """
    A table, view or index under its full name, `schema.name`.

    *valid* is false for an index that is not, *building* tells that one may still be built; *of* is an index's table.
    """

    name: str
    is_index: bool
    valid: bool = True
    building: bool = False
    columns: tuple[str, ...] = ()
    of: str = ""


async def read_relations(dsn: str, names: Sequence[str], timeout_s: float) -> tuple[Relation, ...] | NotRead:
    """Return what there is of the full *names*, and every index of the tables among them."""
    rows = await fetch(dsn, Query(QUERY, parameters=(list(names), list(names))), timeout_s)
    if isinstance(rows, NotRead):
        return rows
    return tuple(
        Relation(f"{schema}.{name}", kind in INDEX_KINDS, valid, building, tuple(columns), of)
        for schema, name, kind, valid, building, columns, of in rows
    )
