"""The command line, `smoke`."""

import argparse
import errno
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from smoke import __version__
from smoke.errors import SmokeError
from smoke.stdout import outlive_reader
from smoke.verdict.words import EXIT_STATUS, EXIT_USAGE, Word

COMMANDS = (
    *("verify", "gate", "prime", "guard", "rollback", "baseline", "demo", "environments", "why", "watch"),
    *("replay", "schema", "reference", "init", "canary", "history", "status", "serve"),
)

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Errors of a disk that is full: no verdict can be kept there, and none was given."""

EPILOG = """\
exit status: 0 pass, promote; 10 fail, roll back; 20 inconclusive, hold; 4 wrong usage or configuration

The suite is plain pytest too: `pytest -m prod`, or `pytest -m "prod and portal" -k invoices`.
"""


class Parser(argparse.ArgumentParser):
    """argparse with the product's exit status for wrong usage."""

    def error(self, message: str) -> NoReturn:
        """Say in one sentence what is wrong, and exit with 4."""
        self.exit(EXIT_USAGE, f"ERROR: {message}; see `{self.prog} --help`\n")


def parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser of the commands *names*."""
    top = Parser(
        prog="smoke",
        description="Smokegate looks at a freshly deployed environment and says pass, fail or inconclusive.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"smoke {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in names:
        import_module(f"smoke.commands.{name}").add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; wrong usage is one sentence and exit status 4."""
    outlive_reader()
    said = list(sys.argv[1:] if arguments is None else arguments)
    command_line: list[str] = []
    if said[:1] == ["guard"] and "--" in said:
        # What stands behind is another program's; argparse would take its options for ours.
        said, command_line = said[: said.index("--")], said[said.index("--") + 1 :]
    # Which command it is mostly shows at once; then the others need not be imported.
    chosen = parser([one for one in COMMANDS if one in said[:1]] or COMMANDS).parse_args(said)
    chosen.command_line = command_line
    try:
        return int(import_module(f"smoke.commands.{chosen.command}").run(chosen))
    except SmokeError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return EXIT_USAGE
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        sys.stderr.write(f"INCONCLUSIVE: nothing could be written: {error.strerror}; make room, then do it again\n")
        return EXIT_STATUS[Word.INCONCLUSIVE]
    except KeyboardInterrupt:
        sys.stderr.write("INCONCLUSIVE: interrupted before there was a verdict\n")
        return EXIT_STATUS[Word.INCONCLUSIVE]
