"""`smoke serve ENV…`: answer verdicts to who can only ask over HTTP, such as Argo Rollouts and Flagger."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from smoke import options
from smoke.commands import Commands
from smoke.errors import SecretMissing, UsageError
from smoke.record import run_directory
from smoke.running.places import reports_directory

if TYPE_CHECKING:
    from smoke.serve.runs import Asked, Verdict

TOKEN = "SMOKE_SERVE_TOKEN"  # noqa: S105 - the name of a variable
LEAST_TOKEN = 16
"""Characters; a shorter one can be guessed."""

MOST_AT_ONCE = 64
"""Requests; beyond them the answer is 503."""

LISTEN = ("127.0.0.1", 8087)

NOT_THE_SERVERS = ("--sha", "--previous", "--release", "--run-id")
"""Who asks says which release it is."""

SHARED = tuple(one for one in (*options.VERIFY, *options.ONLY_VERIFY) if one.name not in NOT_THE_SERVERS)

EPILOG = """\
Everybody who asks must know the token: the variable SMOKE_SERVE_TOKEN, or SMOKE_SERVE_TOKEN_FILE with a file's path.
Addresses and examples: docs/pipelines.md.
"""

BROKEN = {
    "verdict": "inconclusive",
    "action": "hold",
    "complete": False,
    "summary": "The run left no verdict; see the log of the server.",
    "rollback_helps": None,
}


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "serve",
        help="answer verdicts over HTTP, for Argo Rollouts and Flagger",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("environments", metavar="ENV", nargs="+", help="the environments that may be asked for")
    parser.add_argument(
        "--listen",
        type=_address,
        default=LISTEN,
        metavar="HOST:PORT",
        help="where to listen (default: 127.0.0.1:8087)",
    )
    options.add(SHARED, parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Serve until told to stop; raises UsageError or ConfigurationError where something is missing."""
    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise UsageError("smoke serve needs an extra: pip install 'smokegate[serve]'")
    import uvicorn

    from smoke.checks._patterns import dead_patterns
    from smoke.running.choice import environment_of
    from smoke.serve.app import Door, application
    from smoke.serve.runs import Runs

    names = [environment_of(chosen, one, rule=dead_patterns).name for one in chosen.environments]
    door = Door(_token(os.environ), frozenset(names))
    host, port = chosen.listen
    uvicorn.run(
        application(door, Runs(lambda asked: _look(chosen, asked))),
        host=host,
        port=port,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=5,
        server_header=False,
        log_level="warning",
    )
    return 0


async def _look(chosen: argparse.Namespace, asked: "Asked") -> "Verdict":
    """Make one run, as `smoke verify` does, and return its verdict; a run that is cancelled is ended."""
    run_id = run_directory.new_run_id()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "smoke", "verify", asked.environment, f"--run-id={run_id}"),
        *([f"--sha={asked.sha}"] if asked.sha else []),
        *options.repeat(SHARED, chosen),
        env={name: value for name, value in os.environ.items() if name not in {TOKEN, f"{TOKEN}_FILE"}},
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    verdict = run_directory.read_verdict(reports_directory(chosen) / asked.environment / run_id)
    return verdict or {**BROKEN, "environment": asked.environment, "run_id": run_id}


def _token(environ: Mapping[str, str]) -> str:
    from smoke.environment import secrets
    from smoke.environment.secrets import Secret

    try:
        token = secrets.resolve(Secret(env=TOKEN), environ=environ, state=Path())
    except SecretMissing as missing:
        raise UsageError(f"smoke serve lets nobody in without a token: {missing}") from None
    if len(token) < LEAST_TOKEN:
        raise UsageError(f"{TOKEN}: has {len(token)} characters, but at least {LEAST_TOKEN} are needed")
    return token


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004 - ports
        raise argparse.ArgumentTypeError(f"found {text!r}, but HOST:PORT is needed, such as 0.0.0.0:8087")
    return host.strip("[]"), int(port)
