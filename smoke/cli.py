"""The command line, `smoke`."""

import argparse
import difflib
import errno
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

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

NO_PERMISSION = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR})
"""Errors of a place that somebody named and that is not what it should be."""

EPILOG = """\
exit status: 0 pass, promote; 10 fail, roll back; 20 inconclusive, hold; 4 wrong usage or configuration

The suite is plain pytest too: `pytest -m prod`, or `pytest -m "prod and portal" -k invoices`.
"""


class Parser(argparse.ArgumentParser):
    """argparse with the product's exit status for wrong usage."""

    def error(self, message: str) -> NoReturn:
        """Say in one sentence what is wrong, and exit with 4."""
        self.exit(EXIT_USAGE, f"ERROR: {message}; see `{self.prog} --help`\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse what is not understood where it was given: argparse lets the parser above say it."""
        known, left = super().parse_known_args(args, namespace)
        if left:
            self.error(f"{' '.join(left)}: not understood here{self._near(left[0])}")
        return known, left

    def _near(self, given: str) -> str:
        options = [name for action in self._actions for name in action.option_strings]
        near = difflib.get_close_matches(given.partition("=")[0], options, n=1)
        return f"; perhaps {near[0]} is meant" if near else ""


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
    if said and said[0] not in {*COMMANDS, "-h", "--help", "--version"}:
        sys.stderr.write(f"ERROR: {_no_command(said[0])}; see `smoke --help`\n")
        return EXIT_USAGE
    try:
        # Which command it is mostly shows at once; then the others need not be imported.
        chosen = parser([one for one in COMMANDS if one in said[:1]] or COMMANDS).parse_args(said)
        chosen.command_line = command_line
        return int(import_module(f"smoke.commands.{chosen.command}").run(chosen))
    except SmokeError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return EXIT_USAGE
    except OSError as error:
        if error.errno in NO_PERMISSION and error.filename is not None:
            sys.stderr.write(f"ERROR: {error.filename}: {error.strerror}; correct the path or its permissions\n")
            return EXIT_USAGE
        if error.errno not in NO_ROOM:
            raise
        sys.stderr.write(f"INCONCLUSIVE: nothing could be written: {error.strerror}; make room, then do it again\n")
        return EXIT_STATUS[Word.INCONCLUSIVE]
    except KeyboardInterrupt:
        sys.stderr.write("INCONCLUSIVE: interrupted before there was a verdict\n")
        return EXIT_STATUS[Word.INCONCLUSIVE]


def _no_command(given: str) -> str:
    if given.startswith("-"):
        return f"{given}: the command comes first, as in `smoke verify ENV {given}`"
    near = difflib.get_close_matches(given, COMMANDS, n=1)
    return f"{given}: there is no such command" + (f"; perhaps {near[0]!r} is meant" if near else "")
