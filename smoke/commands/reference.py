"""`smoke reference`: print the reference of all environment keys, as Markdown."""

import argparse
import sys

from smoke.commands import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    commands.add_parser("reference", help="print the reference of all environment keys, as Markdown")


def run(_: argparse.Namespace) -> int:
    """Print it."""
    from smoke.environment.reference import reference

    sys.stdout.write(reference())
    return 0
