"""Migrations carried out by the tools themselves: Alembic, Django and Drizzle, each with a project of a test's own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.dependencies.node_queue import installed

ALEMBIC_ENV = """
from alembic import context
from sqlalchemy import create_engine

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    schema = context.config.get_main_option("history")
    context.configure(connection=connection, target_metadata=None, version_table_schema=schema)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
"""
ALEMBIC_REVISION = """
revision = {revision!r}
down_revision = {parent!r}

def upgrade():
    pass

def downgrade():
    pass
"""
DJANGO_SETTINGS = """
SECRET_KEY = "for this test"
INSTALLED_APPS = {apps!r}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "NAME": "postgres",
    "PORT": {port}, "USER": "postgres", "PASSWORD": {password!r},
    "OPTIONS": {{"options": "-c search_path={schema}"}}}}}}
"""
DJANGO_MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = {dependencies!r}
    operations = []
"""


def alembic_project(directory: Path, revisions: Sequence[str]) -> str:
    """Write a project whose revisions follow one another; return its directory of scripts."""
    (directory / "versions").mkdir(parents=True)
    (directory / "env.py").write_text(ALEMBIC_ENV)
    for parent, revision in zip([None, *revisions], revisions, strict=False):
        script = ALEMBIC_REVISION.format(revision=revision, parent=parent)
        (directory / "versions" / f"{revision}.py").write_text(script)
    return str(directory)


def alembic(directory: str, dsn: str, schema: str, *order: str) -> None:
    """Let Alembic carry out an order, such as `upgrade head`; its history goes into *schema*."""
    file = Path(directory) / "alembic.ini"
    url = dsn.replace("postgresql://", "postgresql+psycopg://")
    file.write_text(f"[alembic]\nscript_location = {directory}\nsqlalchemy.url = {url}\nhistory = {schema}\n")
    run([sys.executable, "-m", "alembic", "-c", str(file), *order], file.parent)


def django_project(directory: Path, app: str, migrations: Sequence[str]) -> str:
    """Write a project with one app whose migrations follow one another; return its directory."""
    place = directory / app / "migrations"
    place.mkdir(parents=True)
    for package in (place.parent, place):
        (package / "__init__.py").touch()
    for parent, name in zip([None, *migrations], migrations, strict=False):
        content = DJANGO_MIGRATION.format(dependencies=[(app, parent)] if parent else [])
        (place / f"{name}.py").write_text(content)
    return str(directory)


def django(directory: str, port: int, password: str, schema: str, app: str, *order: str) -> None:
    """Let Django carry out an order, such as `migrate shop 0001`."""
    settings = DJANGO_SETTINGS.format(apps=[app], port=port, password=password, schema=schema)
    Path(directory, "settings.py").write_text(settings)
    command = [sys.executable, "-m", "django", *order, "--settings", "settings", "--pythonpath", directory]
    run(command, Path(directory))


def drizzle_project(directory: Path, tags: Sequence[str]) -> str:
    """Write Drizzle's journal and an empty script for each tag; return the directory."""
    (directory / "meta").mkdir(parents=True)
    entries = [
        {"idx": place, "version": "7", "when": 1_760_000_000_000 + place, "tag": tag, "breakpoints": True}
        for place, tag in enumerate(tags)
    ]
    journal = {"version": "7", "dialect": "postgresql", "entries": entries}
    (directory / "meta" / "_journal.json").write_text(json.dumps(journal))
    for tag in tags:
        (directory / f"{tag}.sql").write_text(f"SELECT '{tag}';\n--> statement-breakpoint\nSELECT 2;\n")
    return str(directory)


def drizzle(directory: str, dsn: str, schema: str) -> None:
    """Let Drizzle migrate to the newest of the journal."""
    node = shutil.which("node") or "node"
    run([node, "migrate.mjs", dsn, schema, directory], installed())


def run(command: list[str], directory: Path) -> None:
    """Run a tool to its end; raises AssertionError with what it said if it fails."""
    ended = subprocess.run(
        command, cwd=directory, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
