"""`smoke watch ENV`: look again until everything is sound, or until told to stop."""

import argparse
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from time import monotonic
from typing import Any

from smoke import options
from smoke.commands import Commands
from smoke.commands._duration import duration
from smoke.commands.verify import supervised
from smoke.record import run_directory
from smoke.verdict.words import EXIT_STATUS, EXIT_USAGE, Word

NOT_THE_WATCHS = ("--sha", "--previous", "--release", "--run-id")
"""What is live is looked at, run after run: no deploy is verified, and none announced."""

SHARED = tuple(one for one in (*options.VERIFY, *options.ONLY_VERIFY) if one.name not in NOT_THE_WATCHS)

EVERY_S = 60.0
ROOM = 78
STOPS = (signal.SIGINT, signal.SIGTERM)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("watch", help="look again and again until everything is sound, or Ctrl-C")
    parser.add_argument("environment", metavar="ENV", help="the environment, e.g. portal/prod")
    parser.add_argument(
        "--every", type=duration, default=EVERY_S, metavar="DURATION", help="how often to look (default: 1m)"
    )
    parser.add_argument(
        "--for",
        dest="for_s",
        type=duration,
        metavar="DURATION",
        help="give up after this time, e.g. 30m (default: never)",
    )
    options.add(SHARED, parser.add_argument)
    parser.set_defaults(smoke_sha=None, smoke_previous=None, smoke_release=None, smoke_run_id=None)


def run(chosen: argparse.Namespace) -> int:
    """Look until a pass, a signal or the end of the time; returns the last verdict's exit status, 20 without one."""
    began, last, status = monotonic(), None, EXIT_STATUS[Word.INCONCLUSIVE]
    with _stops() as stops:
        while True:
            look_began = monotonic()
            look = argparse.Namespace(**vars(chosen))
            with redirect_stdout(StringIO()):  # where a look breaks, the supervisor would show its verdict
                looked = supervised(look, os.environ, quiet=True)
            if looked == EXIT_USAGE:
                return EXIT_USAGE
            if stops.within(0):  # what the signal interrupted is no verdict on the environment
                return status
            status, last = looked, _say(look, last)
            pause_s = max(0.0, look_began + chosen.every - monotonic())
            over = chosen.for_s is not None and monotonic() + pause_s >= began + chosen.for_s
            if looked == EXIT_STATUS[Word.PASS] or over or stops.within(pause_s):
                return status


def _say(look: argparse.Namespace, last: Any) -> Any:
    """Print the line of a look, and return what the next one is compared with."""
    from smoke.outputs.ansi import Style
    from smoke.outputs.change import Seen, look_line

    now = f"{datetime.now(UTC):%H:%M:%S}"
    verdict = run_directory.read_verdict(look.smoke_reports / look.environment / look.smoke_run_id)
    if verdict is None:
        sys.stdout.write(f"{now}  the look left no verdict\n")
        return last
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    style = Style(ROOM, colour, sys.stdout.encoding or "utf-8")
    sys.stdout.write(f"{look_line(now, verdict, last, style)}\n")
    sys.stdout.flush()
    return Seen.of(verdict)


class _Stops:
    """Tells of signals that ask to stop, whoever handles them: while a look goes on, that is the supervisor."""

    def __init__(self, readable: int) -> None:
        self._readable = readable

    def within(self, seconds: float) -> bool:
        """Tell whether one came, waiting for it so long."""
        deadline = monotonic() + seconds
        while select.select([self._readable], [], [], max(0.0, deadline - monotonic()))[0]:
            if any(number in STOPS for number in os.read(self._readable, 4096)):
                return True
        return False


@contextmanager
def _stops() -> Iterator[_Stops]:
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    before = {one: signal.signal(one, lambda *_: None) for one in STOPS}
    woken = signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    try:
        yield _Stops(readable)
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(readable)
        os.close(writable)
