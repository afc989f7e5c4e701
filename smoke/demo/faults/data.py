"""Faults of the database and its migrations."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.scene import Strategy
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


@fault("D06", "The new release uses the staging database", Word.FAIL)
def wrong_database(scene: "Scene") -> None:
    """Start the new release with the address of the other database."""
    address = scene.settings.database.replace("/portal_prod?", "/portal_staging?")
    scene.settings = replace(scene.settings, database=address)
