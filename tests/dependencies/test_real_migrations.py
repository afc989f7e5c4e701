"""Histories that Alembic, Django and Drizzle have written themselves, beside the files of the release."""

from pathlib import Path

from smoke.checks.migrations import checks
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome
from tests.checks.fake_world import concluded, environment_of, world_of
from tests.dependencies import migrating
from tests.dependencies.postgres_server import PASSWORD, Database


def judged(database: Database, tool: str, table: str, files: str) -> Judgement:
    """Compare the history with the files."""
    environment = environment_of(
        migrations={"main": {"dsn": {"env": "DSN"}, "tool": tool, "table": table, "files": files}}
    )
    (check,) = checks(environment, Release())
    return concluded(check, world_of({}, environment, secret=lambda _: database.dsn))


def test_alembic(database: Database, schema: str, tmp_path: Path) -> None:
    """A database that was left a revision behind is red, at the head it is green, after a downgrade red again."""
    files = migrating.alembic_project(tmp_path / "migrations", ["aaa1", "bbb2", "ccc3"])
    table = f"{schema}.alembic_version"

    migrating.alembic(files, database.dsn, schema, "upgrade", "bbb2")
    behind = judged(database, "alembic", table, files)
    migrating.alembic(files, database.dsn, schema, "upgrade", "head")
    current = judged(database, "alembic", table, files)
    migrating.alembic(files, database.dsn, schema, "downgrade", "base")
    emptied = judged(database, "alembic", table, files)

    assert (behind.outcome, behind.message) == (Outcome.FAILED, "migration ccc3 is not applied")
    assert current.outcome is Outcome.PASSED
    assert emptied.outcome is Outcome.FAILED


def test_django(database: Database, schema: str, tmp_path: Path) -> None:
    """Each migration of the app has its row once it is applied."""
    files = migrating.django_project(tmp_path, "shop", ["0001_initial", "0002_orders"])
    table = f"{schema}.django_migrations"

    migrating.django(files, database.port, PASSWORD, schema, "shop", "migrate", "shop", "0001")
    behind = judged(database, "django", table, files)
    migrating.django(files, database.port, PASSWORD, schema, "shop", "migrate")
    current = judged(database, "django", table, files)

    assert (behind.outcome, behind.message) == (Outcome.FAILED, "migration shop.0002_orders is not applied")
    assert (current.outcome, current.expected) == (Outcome.PASSED, "applied: shop.0001_initial, shop.0002_orders")


def test_drizzle(database: Database, schema: str, tmp_path: Path) -> None:
    """What Drizzle hashes is what is compared: a new file is pending, a changed one is noted."""
    table = f"{schema}.__drizzle_migrations"
    released = migrating.drizzle_project(tmp_path / "first", ["0000_init"])
    files = migrating.drizzle_project(tmp_path / "second", ["0000_init", "0001_orders"])

    migrating.drizzle(released, database.dsn, schema)
    behind = judged(database, "drizzle", table, files)
    migrating.drizzle(files, database.dsn, schema)
    current = judged(database, "drizzle", table, files)
    Path(files, "0001_orders.sql").write_text("SELECT 'another';\n")
    changed = judged(database, "drizzle", table, files)

    assert (behind.outcome, behind.message) == (Outcome.FAILED, "migration 0001_orders is not applied")
    assert (current.outcome, current.message) == (Outcome.PASSED, "2 applied, the newest is 0001_orders")
    assert changed.outcome is Outcome.PASSED
    assert "not the file that was applied: 0001_orders" in changed.facts["noted"]
