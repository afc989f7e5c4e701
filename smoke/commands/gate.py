"""`smoke gate RUN`: tell the job that promotes whether a verdict may be obeyed."""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from smoke.alerts.sentences import lasting
from smoke.commands import Commands
from smoke.commands._duration import duration
from smoke.errors import SecretMissing, UsageError
from smoke.outputs.answer import headline, short
from smoke.outputs.untrusted import for_log
from smoke.verdict.release import is_commit
from smoke.verdict.words import EXIT_STATUS, Word

if TYPE_CHECKING:
    from smoke.attestation.envelope import PublicKey
    from smoke.gate.admission import Admitted
    from smoke.gate.demand import Demand

VARIABLE = "SMOKE_VERIFYING_KEY"
MAX_AGE_S = 3600.0
SAID_LIMIT = 1500
"""Characters of the one sentence."""

_ENVIRONMENT = re.compile(r"[^/\s]+/[^\s]+")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("gate", help="tell the job that promotes whether a verdict may be obeyed")
    parser.add_argument("run_directory", metavar="RUN", type=Path, help="a run's directory, or its verdict.json")
    parser.add_argument(
        "--environment",
        metavar="SYSTEM/ENVIRONMENT",
        required=True,
        help="the environment that the verdict must be about",
    )
    parser.add_argument("--sha", metavar="SHA", required=True, help="the commit that the verdict must be about")
    parser.add_argument(
        "--max-age",
        metavar="DURATION",
        type=duration,
        default=MAX_AGE_S,
        help="how old the verdict may be (default: 1h)",
    )
    parser.add_argument(
        "--public-key",
        "--key",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help=f"it must be signed by the owner of this key, or of one of several (default: {VARIABLE})",
    )


def run(chosen: argparse.Namespace) -> int:
    """Print one sentence; 0 only for a pass that may be obeyed, 10 for such a fail, 20 for everything else."""
    demand = _demand(chosen, os.environ)
    from smoke.gate.admission import admit  # slow to import
    from smoke.gate.demand import Refused

    try:
        admitted = admit(chosen.run_directory, demand)
    except Refused as refused:
        _say(
            f"REFUSED: hold. Asked for a pass of {demand.environment} at {short(demand.sha)}, "
            f"but {refused.found}; {refused.remedy}."
        )
        return EXIT_STATUS[Word.INCONCLUSIVE]
    _say(_admitted(admitted, demand))
    return EXIT_STATUS[admitted.word]


def _admitted(admitted: "Admitted", demand: "Demand") -> str:
    signed = ", signed" if admitted.signed else ""
    about = f"{demand.environment} at {short(demand.sha)}, {lasting(admitted.age_s)} ago{signed}"
    return f"{headline(admitted.verdict)} ({about}). {admitted.verdict['summary']}"


def _say(sentence: str) -> None:
    sys.stdout.write(f"{for_log(sentence, SAID_LIMIT)}\n")


def _demand(chosen: argparse.Namespace, environ: Mapping[str, str]) -> "Demand":
    from smoke.gate.demand import Demand

    if not _ENVIRONMENT.fullmatch(chosen.environment):
        raise UsageError(f"--environment {chosen.environment!r}: name one as SYSTEM/ENVIRONMENT, e.g. portal/prod")
    if not is_commit(chosen.sha):
        raise UsageError(f"--sha {chosen.sha!r}: is no commit; give 7 to 64 hex characters")
    keys = tuple(_keys(chosen, environ))
    return Demand(chosen.environment, chosen.sha, chosen.max_age, time(), keys)


def _keys(chosen: argparse.Namespace, environ: Mapping[str, str]) -> list["PublicKey"]:
    named = {f"--public-key {file}": _text(file) for file in chosen.public_key}
    if not named and (VARIABLE in environ or f"{VARIABLE}_FILE" in environ):
        named = {VARIABLE: _from_variable(environ)}
    return [_key(name, pem) for name, pem in named.items()]


def _key(name: str, pem: str) -> "PublicKey":
    from smoke.attestation import envelope  # slow to import, and needed only where a key is

    try:
        return envelope.public_key(pem)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from error


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"--public-key {file}: cannot be read ({error}); give a public key in PEM") from error


def _from_variable(environ: Mapping[str, str]) -> str:
    from smoke.environment import secrets
    from smoke.environment.secrets import Secret

    try:
        return secrets.resolve(Secret(env=VARIABLE), environ=environ, state=Path.cwd())
    except SecretMissing as missing:
        raise UsageError(str(missing)) from missing
