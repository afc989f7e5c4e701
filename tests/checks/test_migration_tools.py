"""Histories of tools other than Prisma, in a real PostgreSQL, beside the files that the release brings."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from smoke.checks.migrations import checks
from smoke.errors import SecretMissing
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import answer, concluded, environment_of, failing, html, json_answer, world_of
from tests.dependencies.postgres_server import Database

FLYWAY = (
    "CREATE TABLE {} (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, "
    "type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum int, installed_by varchar(100) NOT NULL, "
    "installed_on timestamp NOT NULL DEFAULT now(), execution_time int NOT NULL, success boolean NOT NULL)"
)
DRIZZLE = "CREATE TABLE {} (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)"
DRIZZLE_1 = "CREATE TABLE {} (id serial, hash text NOT NULL, created_at bigint, name text, applied_at timestamptz)"
SUPABASE = "CREATE TABLE {} (version text PRIMARY KEY, name text, statements text[])"
DJANGO = "CREATE TABLE {} (id bigserial PRIMARY KEY, app varchar(255), name varchar(255), applied timestamptz)"
API = "https://api.supabase.com/v1/projects/abcdefghijklmnopqrst/database/migrations"


def judged(database: Database, tool: str, table: str, release: Release | None = None, **keys: Any) -> Judgement:
    """Make the check of a history."""
    environment = environment_of(migrations={"main": {"dsn": {"env": "DSN"}, "tool": tool, "table": table, **keys}})
    (check,) = checks(environment, release or Release())
    return concluded(check, world_of({}, environment, secret=lambda _: database.dsn))


def drizzle_files(directory: Path, **scripts: str) -> str:
    """Write Drizzle's journal and scripts, made at 1000, 2000 and so on; return the directory."""
    (directory / "meta").mkdir()
    entries = [{"idx": n, "when": 1000 * (n + 1), "tag": tag} for n, tag in enumerate(scripts)]
    (directory / "meta" / "_journal.json").write_text(json.dumps({"version": "7", "entries": entries}))
    for tag, text in scripts.items():
        (directory / f"{tag}.sql").write_text(text)
    return str(directory)


def digest(text: str) -> str:
    """Return the checksum that Drizzle and Prisma keep."""
    return hashlib.sha256(text.encode()).hexdigest()


class TestDrizzle:
    """Rows hold hashes and the time of making; the journal tells which is which."""

    def history(self, database: Database, schema: str, *rows: tuple[str, int]) -> str:
        """Make a history and return its table."""
        table = f"{schema}.__drizzle_migrations"
        values = (f"INSERT INTO {table} (hash, created_at) VALUES ('{text}', {when})" for text, when in rows)
        database.execute(DRIZZLE.format(table), *values)
        return table

    def test_all_applied(self, database: Database, schema: str, tmp_path: Path) -> None:
        """Every hash of the journal is there."""
        table = self.history(database, schema, (digest("a"), 1000), (digest("b"), 2000))
        found = judged(database, "drizzle", table, files=drizzle_files(tmp_path, init="a", orders="b"))

        assert (found.outcome, found.expected) == (Outcome.PASSED, "applied: init, orders")
        assert found.message == "2 applied, the newest is orders"

    def test_pending(self, database: Database, schema: str, tmp_path: Path) -> None:
        """What the journal has beyond the history is pending; on failure Drizzle leaves no row."""
        table = self.history(database, schema, (digest("a"), 1000))
        found = judged(database, "drizzle", table, files=drizzle_files(tmp_path, init="a", orders="b"))

        assert (found.outcome, found.message) == (Outcome.FAILED, "migration orders is not applied")
        assert found.facts["signature"] == ""

    def test_silently_skipped(self, database: Database, schema: str, tmp_path: Path) -> None:
        """A migration older than the newest applied one is skipped for ever, which the newest row does not show."""
        table = self.history(database, schema, (digest("a"), 1000), (digest("c"), 3000))
        found = judged(database, "drizzle", table, files=drizzle_files(tmp_path, init="a", late="b", orders="c"))

        assert found.outcome is Outcome.FAILED
        assert "late is not applied and never will be" in found.message
        assert "skips silently" in found.message

    @pytest.mark.parametrize(("drift", "outcome"), [("note", Outcome.PASSED), ("fail", Outcome.FAILED)])
    def test_drift(self, database: Database, schema: str, tmp_path: Path, drift: str, outcome: Outcome) -> None:
        """A file that was changed after it was applied is recognised by the time of its making."""
        table = self.history(database, schema, (digest("a before"), 1000))
        found = judged(database, "drizzle", table, files=drizzle_files(tmp_path, init="a"), drift=drift)

        assert found.outcome is outcome
        assert "not the file that was applied: init" in (found.message + found.facts.get("noted", ""))

    def test_ends_of_lines_are_no_drift(self, database: Database, schema: str, tmp_path: Path) -> None:
        """A file that another system checked out with other ends of lines is the same file."""
        table = self.history(database, schema, (digest("a\r\n"), 1000))
        found = judged(database, "drizzle", table, files=drizzle_files(tmp_path, init="a\n"), drift="fail")

        assert found.outcome is Outcome.PASSED

    def test_names_without_files(self, database: Database, schema: str) -> None:
        """A tag cannot be looked up among hashes: undecided, with what would decide it. A hash can."""
        table = self.history(database, schema, (digest("a"), 1000))
        by_tag = judged(database, "drizzle", table, expected=["init"])
        by_hash = judged(database, "drizzle", table, expected=[digest("a")])

        assert (by_tag.outcome, by_tag.cause) == (Outcome.UNDECIDED, Cause.SUITE)
        assert "give 'files'" in by_tag.message
        assert by_hash.outcome is Outcome.PASSED

    def test_named_rows(self, database: Database, schema: str, tmp_path: Path) -> None:
        """From 1.0 on rows have names, and each migration a directory."""
        table = f"{schema}.__drizzle_migrations"
        database.execute(
            DRIZZLE_1.format(table),
            f"INSERT INTO {table} (hash, created_at, name) VALUES ('{digest('a')}', 1, '2026_init')",
        )
        for name in ("2026_init", "2027_more"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "migration.sql").write_text("a")
        found = judged(database, "drizzle", table, files=str(tmp_path))

        assert (found.outcome, found.message) == (Outcome.FAILED, "migration 2027_more is not applied")

    def test_pushed(self, database: Database) -> None:
        """After a push there is no history, and the message says what to do."""
        found = judged(database, "drizzle", "nowhere.__drizzle_migrations")

        assert found.outcome is Outcome.FAILED
        assert "drizzle-kit push" in found.message


class TestSupabase:
    """A row means applied; the table and the management API tell the same."""

    @pytest.mark.parametrize("expected", ["20260701120000", "20260701120000_add_orders", "add_orders"])
    def test_table(self, database: Database, schema: str, expected: str) -> None:
        """A migration is known by its version, its name, or both."""
        table = f"{schema}.schema_migrations"
        database.execute(SUPABASE.format(table), f"INSERT INTO {table} VALUES ('20260701120000', 'add_orders', '{{}}')")

        assert judged(database, "supabase", table, expected=[expected]).outcome is Outcome.PASSED
        assert judged(database, "supabase", table, expected=["20270101000000"]).outcome is Outcome.FAILED

    def api(self, exchange: Exchange, tmp_path: Path | None = None) -> Judgement:
        """Make the check by the management API."""
        if tmp_path:
            (tmp_path / "20260701120000_add_orders.sql").write_text("")
        api = {"project": "abcdefghijklmnopqrst", "token": {"env": "TOKEN"}}
        keys: dict[str, Any] = {"tool": "supabase", "api": api, "files": str(tmp_path) if tmp_path else None}
        environment = environment_of(migrations={"main": {key: value for key, value in keys.items() if value}})
        (check,) = checks(environment, Release())
        world = world_of({API: exchange}, environment, secret=lambda _: "sbp_secret")
        found = concluded(check, world)
        if world.http.asked:  # type: ignore[attr-defined]
            assert world.http.asked[0].headers["Authorization"] == "Bearer sbp_secret"  # type: ignore[attr-defined]
        assert "sbp_secret" not in str(found)
        return found

    def test_api(self, tmp_path: Path) -> None:
        """The API lists what is applied."""
        listed = json_answer([{"version": "20260701120000", "name": "add_orders"}])

        assert self.api(listed, tmp_path).outcome is Outcome.PASSED
        assert self.api(json_answer([]), tmp_path).message == "migration 20260701120000 is not applied"

    @pytest.mark.parametrize(
        ("exchange", "cause"),
        [
            (failing(FailureKind.TIMEOUT), Cause.DEPENDENCY),
            (failing(FailureKind.TLS), Cause.DEPENDENCY),
            (failing(FailureKind.NAME), Cause.RUNNER),
            (json_answer({"message": "Unauthorized"}, 401), Cause.CREDENTIALS),
            (json_answer({"message": "Forbidden"}, 403), Cause.CREDENTIALS),
            (json_answer({"message": "Not Found"}, 404), Cause.SUITE),
            (answer("", 429, headers={"retry-after": "60"}), Cause.CREDENTIALS),
            (answer("oops", 502), Cause.DEPENDENCY),
            (html("<h1>Log in</h1>"), Cause.DEPENDENCY),
            (answer("", 302, headers={"location": "/login"}), Cause.SUITE),
            (answer(""), Cause.DEPENDENCY),
            (answer("[{", content_type="application/json"), Cause.SUITE),
            (json_answer({"migrations": []}), Cause.SUITE),
            (json_answer([{"name": "add_orders"}]), Cause.SUITE),
            (json_answer([{"version": 20260701120000}]), Cause.SUITE),
        ],
    )
    def test_hostile_api(self, exchange: Exchange, cause: Cause) -> None:
        """An API that cannot be asked, or answers something else, decides nothing."""
        found = self.api(exchange)

        assert (found.outcome, found.cause) == (Outcome.UNDECIDED, cause)


class TestAlembic:
    """The table holds the current heads only; the files tell what lies behind them."""

    def files(self, directory: Path) -> str:
        """Write three revisions, the last annotated as newer templates do."""
        (directory / "versions").mkdir()
        for name, text in {
            "a": "revision = 'aaa'\ndown_revision = None\n",
            "b": "revision = 'bbb'\ndown_revision = 'aaa'\nimport not_installed_here\n",
            "c": "revision: str = 'ccc'\ndown_revision: str | None = ('bbb',)\n",
        }.items():
            (directory / "versions" / f"{name}.py").write_text(text)
        return str(directory)

    @pytest.mark.parametrize(
        ("current", "outcome"), [("ccc", Outcome.PASSED), ("bbb", Outcome.FAILED), ("", Outcome.FAILED)]
    )
    def test_head(self, database: Database, schema: str, tmp_path: Path, current: str, outcome: Outcome) -> None:
        """The head of the files must be the head of the database; what lies behind it is applied too."""
        table = f"{schema}.alembic_version"
        rows = [f"INSERT INTO {table} VALUES ('{current}')"] if current else []
        database.execute(f"CREATE TABLE {table} (version_num varchar(32) PRIMARY KEY)", *rows)
        found = judged(database, "alembic", table, Release(migrations=("aaa",)), files=self.files(tmp_path))

        assert found.outcome is outcome
        assert outcome is Outcome.PASSED or "migration ccc is not applied" in found.message
        assert current != "bbb" or "aaa" not in found.message


class TestDjango:
    """A row means applied; names go by app."""

    def test_by_app(self, database: Database, schema: str, tmp_path: Path) -> None:
        """Each file of each app must have its row."""
        table = f"{schema}.django_migrations"
        database.execute(
            DJANGO.format(table), f"INSERT INTO {table} (app, name, applied) VALUES ('shop', '0001_initial', now())"
        )
        place = tmp_path / "shop" / "migrations"
        place.mkdir(parents=True)
        for name in ("__init__.py", "0001_initial.py"):
            (place / name).write_text("")
        good = judged(database, "django", table, files=str(tmp_path))
        bad = judged(database, "django", table, expected=["shop.0002_orders"])

        assert (good.outcome, good.expected) == (Outcome.PASSED, "applied: shop.0001_initial")
        assert bad.message == "migration shop.0002_orders is not applied"

    def test_apps_of_others(self, database: Database, schema: str, tmp_path: Path) -> None:
        """What is installed below the project is not brought; what other apps applied is no stranger, our own is."""
        table = f"{schema}.django_migrations"
        rows = ("('shop', '0001_initial', now())", "('auth', '0001_initial', now())")
        insert = f"INSERT INTO {table} (app, name, applied) VALUES "
        database.execute(DJANGO.format(table), insert + ", ".join(rows))
        for app in ("shop", ".venv/lib/python3/site-packages/django/contrib/gis"):
            place = tmp_path / app / "migrations"
            place.mkdir(parents=True)
            (place / "0001_initial.py").write_text("")
        good = judged(database, "django", table, files=str(tmp_path))
        database.execute(f"{insert} ('shop', '0002_orders', now())")
        ahead = judged(database, "django", table, files=str(tmp_path))

        assert (good.outcome, good.facts) == (Outcome.PASSED, {})
        assert ahead.facts["noted"] == "applied, but not among the release's files: shop.0002_orders"


class TestFlyway:
    """Failed rows stay; undone ones are taken back; a baseline stands for what came before."""

    def history(self, database: Database, schema: str, *rows: str) -> str:
        """Make a history and return its table."""
        table = f"{schema}.flyway_schema_history"
        database.execute(
            FLYWAY.format(table),
            *(
                f"INSERT INTO {table} (installed_rank, version, description, type, script, checksum, installed_by, "
                f"execution_time, success) VALUES ({rank}, {row})"
                for rank, row in enumerate(rows)
            ),
        )
        return table

    def test_failed(self, database: Database, schema: str) -> None:
        """Any row without success is a failure."""
        table = self.history(
            database,
            schema,
            "'1', 'init', 'SQL', 'V1__init.sql', 7, 'me', 3, true",
            "'2', 'orders', 'SQL', 'V2__orders.sql', 8, 'me', 3, false",
        )
        found = judged(database, "flyway", table)

        assert (found.outcome, found.message) == (
            Outcome.FAILED,
            "migration 2 failed: Flyway recorded it as failed",
        )

    def test_baseline_undo_and_drift(self, database: Database, schema: str, tmp_path: Path) -> None:
        """Versions up to the baseline are applied, undone ones are not, and other checksums are drift."""
        table = self.history(
            database,
            schema,
            "NULL, '<< Flyway Schema Creation >>', 'SCHEMA', 'x', NULL, 'me', 0, true",
            "'2', 'base', 'BASELINE', 'base', NULL, 'me', 0, true",
            "'3', 'orders', 'SQL', 'V3__orders.sql', 7, 'me', 3, true",
            "'4', 'stock', 'SQL', 'V4__stock.sql', -1, 'me', 3, true",
            "NULL, 'views', 'SQL', 'R__views.sql', 9, 'me', 3, true",
            "'4', 'stock', 'UNDO_SQL', 'U4__stock.sql', -1, 'me', 3, true",
        )
        for name in ("V1__old.sql", "V2__base.sql", "V3__orders.sql", "R__views.sql"):
            (tmp_path / name).write_text("select 1;\n")
        good = judged(database, "flyway", table, files=str(tmp_path))
        undone = judged(database, "flyway", table, expected=["V4__stock.sql"])

        assert good.outcome is Outcome.PASSED
        assert good.facts["noted"] == "not the file that was applied: 3"
        assert undone.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("tool", "content", "said"),
    [
        ("prisma", None, "there is no directory"),
        ("prisma", {"readme.md": ""}, "holds no migration of prisma"),
        ("alembic", {"a.py": "revision = ("}, "cannot be read"),
        ("drizzle", {"meta/_journal.json": "{"}, "cannot be read"),
        ("drizzle", {"meta/_journal.json": '{"entries": [{"tag": "gone", "when": 1}]}'}, "cannot be read"),
    ],
)
def test_unreadable_files(tmp_path: Path, tool: str, content: dict[str, str] | None, said: str) -> None:
    """Files that are not there, or are no migrations, decide nothing; the message names the key."""
    for name, text in (content or {}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    files = str(tmp_path) if content is not None else str(tmp_path / "none")
    environment = environment_of(migrations={"main": {"dsn": {"env": "DSN"}, "tool": tool, "files": files}})
    (check,) = checks(environment, Release())
    found = concluded(check, world_of({}, environment))

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert said in found.message


def test_missing_token() -> None:
    """Without the token the check is undecided and nothing is sent."""

    def missing(_reference: object) -> str:
        raise SecretMissing("set TOKEN")

    api = {"project": "abcdefghijklmnopqrst", "token": {"env": "TOKEN"}}
    environment = environment_of(migrations={"main": {"tool": "supabase", "api": api}})
    (check,) = checks(environment, Release())
    world = world_of({}, environment, secret=missing)

    assert concluded(check, world).cause is Cause.CREDENTIALS
    assert world.http.asked == []  # type: ignore[attr-defined]
