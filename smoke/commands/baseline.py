"""`smoke baseline export ENV FILE` and `smoke baseline import FILE`: carry a baseline to another machine, encrypted."""

import argparse
import os
import sys
from pathlib import Path

from smoke import options
from smoke.commands import Commands

ENVIRONMENTS = tuple(one for one in options.VERIFY if one.name == "--environments")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("baseline", help="carry what `smoke prime` recorded to another machine, encrypted")
    ways = parser.add_subparsers(
        dest="way", metavar="export|import", required=True, help="write the baseline to a file, or take it from one"
    )
    out = ways.add_parser("export", help="write the baseline of an environment to a file")
    out.add_argument("environment", metavar="ENV", help="the environment, e.g. portal/prod")
    back = ways.add_parser("import", help="take the baseline from a file")
    for one in (out, back):
        one.add_argument("file", metavar="FILE", type=Path, help="the file")
        options.add(ENVIRONMENTS, one.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Export or import; 0 when it is done. Raises UsageError for a missing or wrong key, or another file."""
    from smoke.running.places import state_of
    from smoke.sealing import key_from, seal, unseal

    state = state_of(chosen)
    key = key_from(os.environ, state)
    if chosen.way == "export":
        done = seal(state, chosen.environment, key, chosen.file)
        sys.stdout.write(
            f"exported the baseline of {done.environment} (run {done.run_id}) to {chosen.file}, encrypted\n"
        )
    else:
        done = unseal(state, key, chosen.file)
        sys.stdout.write(f"imported the baseline of {done.environment} (run {done.run_id})\n")
    return 0
