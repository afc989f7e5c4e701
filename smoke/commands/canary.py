"""`smoke canary ENV…`: look once, or every fifteen minutes, remember it, and tell people when something changes."""

import argparse
import os
import subprocess
import sys
from time import time
from typing import TYPE_CHECKING, Any

from smoke import options
from smoke.alerts.sentences import clock
from smoke.commands import Commands
from smoke.commands._duration import duration
from smoke.errors import HistoryFailed
from smoke.verdict.words import EXIT_STATUS, Word

if TYPE_CHECKING:
    from smoke.canary.opening import Place
    from smoke.environment import Environment
    from smoke.environment.canary import Canary

NOT_THE_CANARYS = ("--sha", "--previous", "--release", "--run-id", "--soak")
"""The canary expects no release: what is live is looked at."""

SHARED = tuple(one for one in (*options.VERIFY, *options.ONLY_VERIFY) if one.name not in NOT_THE_CANARYS)

WORST_FIRST = (EXIT_STATUS[Word.FAIL], EXIT_STATUS[Word.INCONCLUSIVE], EXIT_STATUS[Word.PASS])

LONGEST_LOOKS = 2
"""A look, and the one that confirms it."""

MARGIN_S = 60.0
"""What a look may take beyond its budgets and pauses."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "canary", help="look again and again between deploys, and alert when something changes"
    )
    parser.add_argument("environments", metavar="ENV", nargs="+", help="the environments, e.g. portal/prod")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--every", type=duration, metavar="DURATION", help="go on, and look this often, e.g. 15m")
    when.add_argument(
        "--when-due", action="store_true", help="look only if something is due; for a scheduler that starts often"
    )
    options.add(SHARED, parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Look; returns the exit status of the worst look, 20 where there was none."""
    from smoke.canary.opening import Place

    place = Place.open(chosen, chosen.environments, os.environ)
    try:
        return _loop(chosen, place) if chosen.every else _once(chosen, place)
    finally:
        place.history.close()


def _once(chosen: argparse.Namespace, place: "Place") -> int:
    statuses = {place.watcher(one, _saying(one.name)).beat(only_when_due=chosen.when_due) for one in place.environments}
    return next(one for one in WORST_FIRST if one in statuses)


def _loop(chosen: argparse.Namespace, place: "Place") -> int:
    from smoke.canary.loop import Loop

    canaries = {one.name: one.canary.model_copy(update={"every_s": chosen.every}) for one in place.environments}
    Loop(
        environments=tuple(canaries),
        due=lambda name: _due(canaries[name], place, name),
        start=lambda name: subprocess.Popen(_command(chosen, name)),  # noqa: S603 - our own interpreter
        limit_s={one.name: _limit_s(one) for one in place.environments},
        now=time,
        say=lambda name, said: _saying(name)(said),
    ).run()
    return EXIT_STATUS[Word.PASS]


def _due(canary: "Canary", place: "Place", name: str) -> bool:
    """Tell whether a look is due; while the history fails none is, and the dead man's switch tells of that."""
    from smoke.canary import schedule

    try:
        return schedule.due(canary, place.known(name), time()) is not None
    except HistoryFailed as failure:
        _saying(name)(str(failure))
        return False


def _limit_s(environment: "Environment") -> float:
    return LONGEST_LOOKS * environment.budget_s + environment.canary.confirm_after_s + MARGIN_S


def _command(chosen: argparse.Namespace, name: str) -> list[str]:
    return [sys.executable, "-m", "smoke", "canary", name, *options.repeat(SHARED, chosen)]


def _saying(name: str) -> Any:
    def say(sentence: str) -> None:
        sys.stdout.write(f"{clock(time())}  {name}  {sentence}\n")
        sys.stdout.flush()

    return say
