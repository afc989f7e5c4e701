"""Faults of the database and its migrations."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.endurance import Endurance
from smoke.demo.faults._registry import fault
from smoke.demo.release import Bug
from smoke.demo.scene import Strategy, TestData
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene

UNAPPLICABLE = """-- CreateIndex
CREATE UNIQUE INDEX "invoice_customer_id_key" ON "invoice" ("customer_id");
"""


@fault("D01", "The migration fails and no replica starts", Word.FAIL)
def failing_migration(scene: "Scene") -> None:
    """Ship a unique index that the data contradicts, and replace all replicas at once."""
    from smoke.demo.migrate import Migration  # the listing of faults does without the database driver

    failing = Migration("20261120101500_one_invoice_per_customer", UNAPPLICABLE)
    scene.after = replace(scene.after, migrations=(*scene.after.migrations, failing))
    scene.plan.strategy = Strategy.ALL_AT_ONCE


@fault("D02", "The code is ahead of the schema: routes on the new column fail", Word.FAIL)
def skipped_migration(scene: "Scene") -> None:
    """Deploy the code without its migration."""
    scene.plan.migrates = False


@fault("D04", "A missing index: one route takes ten times as long, without errors", Word.FAIL)
def slow_route(scene: "Scene") -> None:
    """Let the catalogue ask for each article by itself, on every replica, for good."""
    slow = Endurance(slow_routes={"/catalogue": scene.about(0.7)})
    scene.after = replace(scene.after, endurance=slow)


@fault("D06", "The new release uses the staging database", Word.FAIL)
def wrong_database(scene: "Scene") -> None:
    """Start the new release with the address of the other database."""
    address = scene.settings.database.replace("/portal_prod?", "/portal_staging?")
    scene.settings = replace(scene.settings, database=address)


@fault("D05", "The new release talks to a database node that takes no writes", Word.FAIL)
def read_only_node(scene: "Scene") -> None:
    """Let every transaction of the new release be read-only."""
    scene.settings = replace(scene.settings, read_only=True)


@fault("D07", "Reads go to a replica that lags behind", Word.FAIL)
def lagging_replica(scene: "Scene") -> None:
    """Let what was written show only after 5 to 60 seconds of the field."""
    scene.settings = replace(scene.settings, read_lag_s=scene.in_the_field(scene.rng.uniform(7, 46)))


@fault("D09", "What the previous release left in the cache cannot be read", Word.FAIL)
def unreadable_cache(scene: "Scene") -> None:
    """Expect another shape under the same keys."""
    scene.after = scene.after.having(Bug.EXPECTS_ANOTHER_CACHED_SHAPE)


@fault("D10", "The money is wrong: totals off by ten, a price of zero, or wrong rounding", Word.FAIL)
def wrong_money(scene: "Scene") -> None:
    """Miscalculate in one of three ways; every answer is well-formed."""
    wrong = scene.rng.choice([Bug.TOTALS_OFF_BY_TEN, Bug.SELLS_FOR_NOTHING, Bug.ROUNDS_DOWN])
    scene.after = scene.after.having(wrong)


@fault("H01", "Health says 200 while the database is down", Word.FAIL)
def health_hides_the_database(scene: "Scene") -> None:
    """Stop PostgreSQL at the switch; health answers 200, whether its body admits it or not."""
    scene.after = scene.after.having(Bug.HEALTH_IS_A_CONSTANT)
    if scene.rng.random() < 0.5:  # noqa: PLR2004 - either way
        scene.after = scene.after.having(Bug.HEALTH_ASKS_NOBODY)
    scene.database_stops = True


@fault(
    "N13",
    "A route was broken before the deploy, and is broken in the same way after it",
    Word.PASS,
    also_ok=(Word.INCONCLUSIVE,),
)
def old_failure(scene: "Scene") -> None:
    """Break the reports in both releases."""
    scene.before = scene.before.having(Bug.REPORTS_DIVIDE_BY_ZERO)
    scene.after = scene.after.having(Bug.REPORTS_DIVIDE_BY_ZERO)


@fault(
    "I09",
    "The data that tests rely on was deleted, renamed or left over before the deploy",
    Word.INCONCLUSIVE,
    also_ok=(Word.PASS,),
)
def drifted_test_data(scene: "Scene") -> None:
    """Let the known invoice be gone or called otherwise, or the customer's notes be full of old tests."""
    scene.test_data = scene.rng.choice(list(TestData))
