"""`smoke status`: write the status page from the history."""

import argparse
import os
import sys
from pathlib import Path
from time import time

from smoke import options
from smoke.commands import Commands

PLACES = tuple(one for one in options.VERIFY if one.name in {"--environments", "--reports"})


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("status", help="write the status page from the canary's history")
    parser.add_argument("--to", type=Path, metavar="DIR", help="the directory of status.html (default: the reports)")
    options.add(PLACES, parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Write it and say where it is."""
    from smoke.history.database import connect, location
    from smoke.history.store import History
    from smoke.running.places import reports_directory, state_of
    from smoke.status.page import write

    history = History(connect(location(state_of(chosen), os.environ)))
    try:
        sys.stdout.write(f"{write(history, chosen.to or reports_directory(chosen), time())}\n")
    finally:
        history.close()
    return 0
