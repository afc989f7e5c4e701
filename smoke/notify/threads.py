"""Where the last deploys of each environment are told, kept in the state directory."""

import json
from collections.abc import Sequence
from pathlib import Path

from smoke.errors import UsageError
from smoke.files import replace_file
from smoke.notify.deploy import Deploy

KEPT = 8
"""Deploys that are remembered: of an environment with many previews several go on at a time."""


def load(state: Path, environment: str) -> tuple[Deploy, ...]:
    """Return the last deploys of *environment*, the newest first; none when its file is missing or damaged."""
    try:
        return tuple(Deploy.from_json(one) for one in json.loads(_file(state, environment).read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return ()  # then a thread begins anew, which is better than none


def save(state: Path, deploy: Deploy, known: Sequence[Deploy]) -> None:
    """Remember *deploy* before those that are *known*; raises UsageError when it cannot be written."""
    file = _file(state, deploy.environment)
    kept = [deploy, *(one for one in known if one.id != deploy.id)][:KEPT]
    try:
        file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        replace_file(file, json.dumps([one.to_json() for one in kept], indent=2) + "\n")
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be written ({error.strerror}); set SMOKE_STATE_DIR to a writable directory"
        ) from error


def _file(state: Path, environment: str) -> Path:
    return state / "notify" / f"{environment}.json"
