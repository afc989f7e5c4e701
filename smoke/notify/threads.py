"""Where the last deploy of each environment is told, kept in the state directory."""

import json
from pathlib import Path

from smoke.errors import UsageError
from smoke.notify.deploy import Deploy
from smoke.outputs.files import replace_file


def load(state: Path, environment: str) -> Deploy | None:
    """Return the last deploy of *environment*; None when none was announced, or its file is damaged."""
    try:
        return Deploy.from_json(json.loads(_file(state, environment).read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None  # then a thread begins anew, which is better than none


def save(state: Path, deploy: Deploy) -> None:
    """Remember *deploy*; raises UsageError when it cannot be written."""
    file = _file(state, deploy.environment)
    try:
        file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        replace_file(file, json.dumps(deploy.to_json(), indent=2) + "\n")
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be written ({error.strerror}); set SMOKE_STATE_DIR to a writable directory"
        ) from error


def _file(state: Path, environment: str) -> Path:
    return state / "notify" / f"{environment}.json"
