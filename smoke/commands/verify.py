"""`smoke verify ENV`: the gate."""

import argparse
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from smoke import options
from smoke.attestation import signing
from smoke.canary import announcements
from smoke.commands import Commands
from smoke.record.run_directory import new_run_id
from smoke.running.places import environments_directory, reports_directory, state_of
from smoke.supervisor import Child, supervise
from smoke.verdict.words import EXIT_USAGE

if TYPE_CHECKING:
    from smoke.verdict.plan import Plan


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("verify", help="verify an environment and give the verdict (the gate)")
    parser.add_argument("environment", metavar="ENV", help="the environment, e.g. portal/prod")
    options.add(options.VERIFY, parser.add_argument)
    options.add(options.ONLY_VERIFY, parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Verify under a supervisor; returns the verdict's exit status."""
    status = supervised(chosen, os.environ)
    from smoke.notify import deploys  # after the verdict, which waits for nobody

    deploys.deploy_verified(chosen, os.environ, chosen.smoke_reports / chosen.environment / chosen.smoke_run_id)
    return status


def supervised(chosen: argparse.Namespace, environ: Mapping[str, str], *extra: str, quiet: bool = False) -> int:
    """
    Run the suite on an environment in a supervised child, and sign its verdict if a key is configured.

    *extra* are pytest arguments, *quiet* hides the output.
    """
    # Whether the environment and its file are right, the child says: loading them here would take as long again.
    environments = environments_directory(chosen)
    chosen.smoke_run_id = chosen.smoke_run_id or new_run_id()
    chosen.smoke_reports = reports_directory(chosen)
    chosen.smoke_environments = environments
    child = Child(
        arguments=[
            f"--environment={chosen.environment}",
            *options.repeat(options.VERIFY, chosen),
            *_workers(chosen),
            *extra,
        ],
        directory=chosen.smoke_reports / chosen.environment / chosen.smoke_run_id,
        environ=signing.without_key(environ),
        plan=lambda: _plan(chosen),
        quiet=quiet,
    )
    status = supervise(child)
    if status != EXIT_USAGE:
        warning = signing.sign(child.directory, environ)
        sys.stderr.write(f"WARNING: {warning}\n" if warning else "")
    announcements.deploy_verified(state_of(chosen, environ), environ, child.directory)
    return status


def _workers(chosen: argparse.Namespace) -> list[str]:
    return ["-p", "xdist", f"-n{chosen.smoke_workers}"] if chosen.smoke_workers else []


def _plan(chosen: argparse.Namespace) -> "Plan":
    """Return what the child was to do; raises UsageError or ConfigurationError when it could not have begun."""
    from smoke.running.opening import open_runs, open_settings

    chosen.smoke_environment = chosen.environment
    (run,) = open_runs(chosen, open_settings(chosen))
    return run.plan()
