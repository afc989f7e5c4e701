"""`smoke environments`: list and validate all environment files."""

import argparse
import sys

from smoke import options
from smoke.commands import Commands

ENVIRONMENTS = tuple(one for one in options.VERIFY if one.name == "--environments")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("environments", help="list and validate all environment files")
    options.add(ENVIRONMENTS, parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Print one line an environment; raises ConfigurationError when a file is wrong."""
    from smoke.checks._patterns import dead_patterns
    from smoke.checks.registry import build
    from smoke.environment import loading
    from smoke.running.places import citing_base, environments_directory
    from smoke.verdict.release import Release

    directory = environments_directory(chosen)
    for environment in loading.load_all(directory, citing_base(directory), rule=dead_patterns):
        checks, journeys = len(build(environment, Release())), len(environment.journeys)
        services = ", ".join(environment.services)
        counted = f"{_counted(checks + journeys, 'check'):>10}, {_counted(journeys, 'journey')}"
        sys.stdout.write(f"{environment.name:<24} {environment.tier:<8} {counted}; {services}\n")
    return 0


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
