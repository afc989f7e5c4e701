"""`smoke why [RUN]`: explain the last verdict check by check."""

import argparse
import os
import sys
from pathlib import Path

from smoke import options
from smoke.commands import Commands
from smoke.errors import UsageError
from smoke.outputs.ansi import Style
from smoke.outputs.explanation import explanation
from smoke.running.places import reports_directory

PLACES = tuple(one for one in options.VERIFY if one.name in {"--environments", "--reports"})
ROOM = 78
"""Columns: a terminal at night has 80, and many add an empty line after a full one."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("why", help="explain the last verdict check by check")
    parser.add_argument(
        "run", metavar="RUN", nargs="?", help="a run's directory, or an environment (default: the last run of all)"
    )
    options.add(PLACES, parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Print the explanation; 0 when there was a verdict to explain, whatever it says."""
    from smoke.running import past_run

    past = past_run.read(past_run.find(reports_directory(chosen), chosen.run))
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    style = Style(ROOM, colour, sys.stdout.encoding or "utf-8")
    try:
        lines = explanation(past.verdict, past.background, _shown(past.directory), style)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{past.directory}: verdict.json is none of this version of Smokegate ({type(error).__name__}: {error})"
        ) from error
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _shown(directory: Path) -> str:
    whole = directory.absolute()
    return os.path.relpath(whole) if whole.is_relative_to(Path.cwd()) else str(whole)
