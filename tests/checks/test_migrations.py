"""The migration history decides whether the database fits the release."""

import socket
from typing import Any

import pytest

from smoke.checks._migration_history import HASHES_ONLY, judge_history
from smoke.checks.migrations import checks
from smoke.dependencies.migration_files import Brought, Wanted
from smoke.dependencies.migration_history import Migration
from smoke.errors import SecretMissing
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import concluded, environment_of, world_of
from tests.dependencies.postgres_server import Database

TABLE = (
    "CREATE TABLE {} (migration_name text, started_at timestamptz DEFAULT now(), finished_at timestamptz, "
    "rolled_back_at timestamptz, logs text)"
)


def row(
    name: str, *, finished: bool = True, rolled_back: bool = False, age_s: float = 9.0, logs: str = ""
) -> Migration:
    """Return one row of a history."""
    return Migration(name, finished=finished, rolled_back=rolled_back, age_s=age_s, logs=logs)


def judged(*rows: Migration, wanted: tuple[str, ...] = ("a",)) -> Judgement:
    """Judge a history."""
    return judge_history(rows, wanted, "applied: a")


@pytest.mark.parametrize(
    "rows",
    [
        [row("a")],
        [row("a", finished=False, rolled_back=True, logs="boom"), row("a")],
        [row("old"), row("a")],
        [row("a"), row("later", rolled_back=True)],
    ],
)
def test_applied(rows: list[Migration]) -> None:
    """A migration that was finished and not rolled back is applied, whatever failed before it."""
    assert judged(*rows).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("rows", "message", "signature"),
    [
        ([row("a"), row("b", finished=False, logs="no  such\ntable")], "b failed: no such table", "failed: b"),
        ([row("b", finished=False, age_s=3600)], "b failed: started 3600 s ago and never finished", "failed: b"),
        ([row("b")], "a is not applied", ""),
        ([row("a", rolled_back=True), row("b")], "a is not applied", ""),
    ],
)
def test_not_applied(rows: list[Migration], message: str, signature: str) -> None:
    """What failed or is missing is named; that it was missing before the deploy as well must excuse nothing."""
    found = judged(*rows)

    assert (found.outcome, found.message) == (Outcome.FAILED, f"migration {message}")
    assert found.facts["signature"] == signature


def test_keeps_rows_private() -> None:
    """What the database quotes of its rows is left out."""
    logs = 'could not create unique index "x" DETAIL: Key (email)=(jo@example.jp) is duplicated.'

    found = judged(row("a", finished=False, logs=logs))

    assert found.message == 'migration a failed: could not create unique index "x"'


def test_still_running() -> None:
    """A young migration without an error text may still finish: undecided, and looked at again."""
    found = judged(row("old"), row("a", finished=False, age_s=12))

    assert (found.outcome, found.cause, found.unclear) == (Outcome.UNDECIDED, Cause.RELEASE, True)
    assert "still running, for 12 s" in found.message


def test_empty_history() -> None:
    """An empty history verifies nothing, even where no migration is expected by name."""
    assert judged(wanted=()).outcome is Outcome.FAILED


def test_applied_twice() -> None:
    """A name that was applied twice is noted."""
    found = judged(row("a"), row("a"))

    assert (found.outcome, found.facts["noted"]) == (Outcome.PASSED, "applied more than once: a")


def test_a_history_of_hashes() -> None:
    """Where rows carry no names, as with Drizzle 0.x, little is proven without the files: that is noted."""
    rows = [Migration("", finished=True, rolled_back=False, age_s=9.0, logs="", checksum=f"{one}" * 64) for one in "ab"]
    found = judged(*rows, wanted=())
    brought = judge_history(rows, (), "applied: a", Brought((Wanted("init", ("a" * 64,)), Wanted("b", ("b" * 64,)))))

    assert (found.outcome, found.found, found.facts["noted"]) == (
        Outcome.PASSED,
        "2 applied, the newest is bbbbbbb…",
        HASHES_ONLY,
    )
    assert (brought.outcome, brought.facts) == (Outcome.PASSED, {})


def environment(dsn_name: str = "DSN", **keys: Any) -> Any:
    """Return an environment with one database."""
    return environment_of(migrations={"portal": {"dsn": {"env": dsn_name}, **keys}}, limits={"timeout_s": 2})


def concluded_with(dsn: str, release: Release | None = None, **keys: Any) -> Judgement:
    """Make the check against a real address."""
    (check,) = checks(environment(**keys), release or Release())
    assert (check.id, check.independent) == ("migrations/portal", True)
    return concluded(check, world_of({}, environment(**keys), secret=lambda _: dsn))


def test_against_a_database(database: Database) -> None:
    """What the file and the release expect is looked up in the database itself."""
    database.execute(
        TABLE.format("history_checked"),
        "INSERT INTO history_checked (migration_name, finished_at) VALUES ('2026_a', now()), ('2026_b', now())",
    )
    keys: dict[str, Any] = {"table": "history_checked", "expected": ["2026_a"]}

    good = concluded_with(database.dsn, Release(migrations=("2026_b",)), **keys)
    bad = concluded_with(database.dsn, Release(migrations=("2026_c",)), **keys)

    database.execute("DROP TABLE history_checked")
    assert (good.outcome, good.found) == (Outcome.PASSED, "2 applied, the newest is 2026_b")
    assert (bad.outcome, bad.message) == (Outcome.FAILED, "migration 2026_c is not applied")


def test_missing_table(database: Database) -> None:
    """A database without a history fails: nothing was applied there."""
    found = concluded_with(database.dsn, table="nowhere")

    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, "there is no table nowhere")


def test_could_not_look(database: Database) -> None:
    """A refused password leaves the check undecided, without a word of the connection string."""
    found = concluded_with(database.dsn_as("postgres", "wrong"))

    assert found.outcome is Outcome.UNDECIDED
    assert "wrong" not in found.message


def test_unreachable() -> None:
    """A database that cannot be reached from here leaves the check undecided."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert concluded_with(f"postgresql://x:y@127.0.0.1:{port}/z").outcome is Outcome.UNDECIDED


def test_missing_secret() -> None:
    """Without a connection string the check is undecided and names the variable."""

    def missing(_reference: object) -> str:
        raise SecretMissing("set DSN")

    (check,) = checks(environment(), Release())
    found = concluded(check, world_of({}, environment(), secret=missing))

    assert (found.outcome, found.message) == (Outcome.UNDECIDED, "set DSN")
