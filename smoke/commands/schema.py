"""`smoke schema`: print the JSON Schema of the environment files, for editors."""

import argparse
import sys

from smoke.commands import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    commands.add_parser("schema", help="print the JSON Schema of the environment files, for editors")


def run(_: argparse.Namespace) -> int:
    """Print it."""
    from smoke.environment.schema import schema_text

    sys.stdout.write(schema_text())
    return 0
