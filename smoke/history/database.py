"""Open the database of the history: which one, how it keeps what was committed, and that its tables are ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from smoke.environment import secrets
from smoke.environment.secrets import Secret
from smoke.errors import SecretMissing, UsageError
from smoke.history.place import FILE, VARIABLE, named
from smoke.history.tables import META, METADATA, VERSION

SQLITE, POSTGRESQL = "sqlite", "postgresql"

READS: dict[str, dict[str, Any]] = {
    SQLITE: {"smoke_reads": True},
    POSTGRESQL: {"isolation_level": "REPEATABLE READ"},
}
"""Execution options of a connection that only reads: it sees one moment, and need not wait for who writes."""

PATIENCE_S = 30
"""How long a writer waits for another one."""

CREATING = 0x5_30CE
"""Number of PostgreSQL's advisory lock under which the tables are made."""


def location(state: Path, environ: Mapping[str, str]) -> URL:
    """Return where the history is: by `SMOKE_HISTORY_URL` or its `_FILE` twin, else a file in the state directory."""
    if not named(environ):
        return URL.create(SQLITE, database=str(state / FILE))
    try:
        return _url(secrets.resolve(Secret(env=VARIABLE), environ=environ, state=state))
    except SecretMissing as error:
        raise UsageError(str(error)) from error


def connect(url: URL) -> Engine:
    """Return the engine, with its tables made; raises UsageError when that cannot be."""
    engine: Engine | None = None
    try:
        if url.get_backend_name() == SQLITE and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = _sqlite(url) if url.get_backend_name() == SQLITE else create_engine(url, pool_pre_ping=True)
        with engine.begin() as connection:
            _create(connection)
    except (SQLAlchemyError, OSError, UsageError) as error:
        if engine is not None:
            engine.dispose()
        if isinstance(error, UsageError):
            raise
        shown = url.render_as_string(hide_password=True)
        raise UsageError(f"the history {shown} cannot be opened: {_reason(error)}; see {VARIABLE}") from error
    return engine


def _url(written: str) -> URL:
    try:
        url = make_url(written)
    except ArgumentError:
        raise UsageError(f"{VARIABLE}: is no database URL; write postgresql://user:password@host/name") from None
    if url.get_backend_name() not in {SQLITE, POSTGRESQL}:
        raise UsageError(f"{VARIABLE}: {url.get_backend_name()} is not supported; use postgresql:// or sqlite:///")
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == POSTGRESQL else url


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": PATIENCE_S})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say ourselves when a transaction begins
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # what was committed survives the machine too
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Who is going to write takes the turn at once: a reader that turns writer would be refused, not made to wait.
        reads = connection.get_execution_options().get("smoke_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _create(connection: Connection) -> None:
    if connection.dialect.name == POSTGRESQL:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CREATING})
    METADATA.create_all(connection)
    found = connection.scalar(select(META.c.value).where(META.c.key == "version"))
    if found is None:
        connection.execute(insert(META).values(key="version", value=str(VERSION)))
    elif int(found) > VERSION:
        raise UsageError(
            f"the history is of version {found}, this Smokegate knows {VERSION}; bring Smokegate up to date"
        )


def _reason(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0] if said else type(error).__name__
