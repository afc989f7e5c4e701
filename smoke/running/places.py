"""Where the files of a run are: environment files, results, and what is kept between runs."""

import os
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from smoke.environment import directory
from smoke.errors import UsageError

PRIVATE = "SMOKE_PRIVATE"
"""Environment variable with the directory in which a supervised run keeps what is secret (see `smoke.supervisor`)."""


def environments_directory(namespace: Namespace) -> Path:
    """Return the directory of the environment files; raises UsageError or ConfigurationError when it is not there."""
    if namespace.smoke_environments is None:
        return directory.root(Path.cwd())
    chosen = Path(namespace.smoke_environments).absolute()
    if not chosen.is_dir():
        raise UsageError(f"--environments {namespace.smoke_environments}: there is no such directory")
    return chosen


def citing_base(environments: Path) -> Path:
    """Return from where messages cite the files in *environments*, so that a person here can open what they name."""
    here = Path.cwd()
    return environments.parent if here.is_relative_to(environments.parent) else here


def reports_directory(namespace: Namespace) -> Path:
    """Return the directory for the results: the chosen one, or `reports` beside the environments."""
    return Path(namespace.smoke_reports or environments_directory(namespace).parent / "reports").absolute()


def state_of(namespace: Namespace, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the state directory that belongs to the chosen environments."""
    return state_directory(environments_directory(namespace).parent, environ)


def state_directory(root: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return where baselines and sessions are kept: `SMOKE_STATE_DIR`, or `.smoke` beside the environments."""
    return Path(environ.get("SMOKE_STATE_DIR") or root / ".smoke").absolute()
