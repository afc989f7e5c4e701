"""Deploys are announced to the canary by who primes and verifies them; where no history is kept nothing happens."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from smoke.errors import SmokeError
from smoke.history.place import exists
from smoke.record import run_directory

if TYPE_CHECKING:
    from smoke.alerts.look import VerdictJson
    from smoke.history.store import History


def deploy_begins(state: Path, environ: Mapping[str, str], environment: str) -> None:
    """Note that a deploy of *environment* begins, so that the canary stands aside."""

    def note(history: "History") -> None:
        from smoke.history import deploys

        with history.writing() as connection:
            deploys.begun(connection, environment, time())

    _note(state, environ, note)


def deploy_over(state: Path, environ: Mapping[str, str], environment: str) -> None:
    """Note that a deploy came to nothing, so that the canary looks again: what is live now nobody has verified."""

    def note(history: "History") -> None:
        from smoke.history import deploys

        with history.writing() as connection:
            deploys.over(connection, environment, time())

    _note(state, environ, note)


def deploy_verified(state: Path, environ: Mapping[str, str], directory: Path) -> None:
    """Note what the run in *directory* says of the deploy that it verified, if it announced a commit."""
    verdict = run_directory.read_verdict(directory) if exists(state, environ) else None
    if verdict is not None and verdict["release"]["expected"] is not None:
        _note(state, environ, lambda history: _keep(history, verdict))


def _keep(history: "History", verdict: "VerdictJson") -> None:
    from smoke.alerts.look import look_of
    from smoke.canary.recording import ended
    from smoke.history import deploys, runs
    from smoke.history.records import Deploy, Run, RunKind

    look, release = look_of(verdict), verdict["release"]
    deploy = Deploy(
        id=0,
        environment=look.environment,
        begun_at=look.began_at,
        live=release["expected"],
        previous=release["previous"],
        ended_at=look.ended_at,
        verdict=verdict["verdict"],
    )
    run = Run(look.run_id, look.environment, RunKind.GATE, look.began_at)
    with history.writing() as connection:
        if runs.end(connection, ended(run, look, verdict), None):
            deploys.verified(connection, deploy)


def _note(state: Path, environ: Mapping[str, str], note: Callable[["History"], None]) -> None:
    """Let *note* write; that it could not is said and changes nothing, least of all a verdict."""
    if not exists(state, environ):
        return
    # Only where a history is kept its library is imported, which takes longer than a whole check.
    from smoke.history.database import connect, location
    from smoke.history.store import History

    try:
        history = History(connect(location(state, environ)))
        try:
            note(history)
        finally:
            history.close()
    except SmokeError as error:
        sys.stderr.write(f"WARNING: the canary was not told of this deploy: {error}\n")
