"""`smoke prime ENV`: before the deploy, record what the checks see."""

import argparse
import os
import sys
from collections.abc import Mapping

from smoke import options
from smoke.canary import announcements
from smoke.commands import Commands
from smoke.commands.verify import supervised
from smoke.running.places import state_of
from smoke.verdict.words import EXIT_STATUS, EXIT_USAGE, Word

NOT_THE_VERDICTS = ("--sha", "--previous", "--release")
"""Before the deploy nothing is expected yet."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("prime", help="before the deploy: record the baseline and a session of each role")
    parser.add_argument("environment", metavar="ENV", help="the environment, e.g. portal/prod")
    offered = tuple(one for one in options.VERIFY if one.name not in NOT_THE_VERDICTS)
    options.add((*offered, *options.ONLY_VERIFY), parser.add_argument)
    # For people only: the checks expect nothing of them.
    announced = "is about to be deployed; it is only announced"
    parser.add_argument("--sha", dest="announced_sha", metavar="SHA", help=f"commit that {announced}")
    parser.add_argument(
        "--release", dest="announced_release", metavar="FILE", help=f"release manifest of what {announced}"
    )
    parser.set_defaults(smoke_sha=None, smoke_previous=None, smoke_release=None)


def run(chosen: argparse.Namespace) -> int:
    """Record the baseline; 0 when it was recorded, whatever it says, else 20 or 4."""
    from smoke.notify import deploys

    announced = deploys.announced(chosen)
    status = prime(chosen, os.environ)
    if status == 0:  # else nothing is deployed, and nobody waits for its end
        deploys.deploy_begins(chosen, os.environ, announced)
    return status


def prime(chosen: argparse.Namespace, environ: Mapping[str, str], *, quiet: bool = False) -> int:
    """Record the baseline with the variables *environ*; *quiet* leaves out what the checks found."""
    status = supervised(chosen, environ, "--prime", quiet=quiet)
    if status == EXIT_USAGE:
        return status
    from smoke import baseline, priming

    known = baseline.load(state_of(chosen, environ), chosen.environment)
    if known is None or known.run_id != chosen.smoke_run_id:
        again = f"run `smoke prime {chosen.environment}` again, with a larger --budget if that was what ended it"
        sys.stdout.write(f"no baseline was recorded: the run did not come to its end; {again}\n")
        return EXIT_STATUS[Word.INCONCLUSIVE]
    announcements.deploy_begins(state_of(chosen, environ), environ, chosen.environment)
    sys.stdout.write(priming.in_words(known))
    return 0
