"""The directory of one run under `reports/`: made first, and never without a verdict in it."""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smoke.errors import UsageError

VERDICT = "verdict.json"
LATEST = "latest"


def new_run_id(now: datetime | None = None) -> str:
    """Return an id that sorts by time and is unique: `20261121T101500Z-1f3a9c`."""
    return f"{(now or datetime.now(UTC)):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def create(reports: Path, environment: str, run_id: str) -> Path:
    """Make `reports/<environment>/<run id>/`; raises UsageError when it cannot be written."""
    directory = reports / environment / run_id
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "browser").mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be written ({error.strerror}); give a writable directory with --reports"
        ) from error
    return directory


def point_latest(directory: Path) -> None:
    """Let `latest` beside *directory* lead to it."""
    link = directory.parent / LATEST
    temporary = directory.parent / f".{LATEST}-{directory.name}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(directory.name, target_is_directory=True)
    temporary.replace(link)


def write_verdict(directory: Path, verdict: Mapping[str, Any]) -> None:
    """Replace `verdict.json` in one step: a reader sees the old one or the new one, never half of one."""
    temporary = directory / f".{VERDICT}"
    temporary.write_text(json.dumps(verdict, indent=2) + "\n", encoding="utf-8")
    temporary.replace(directory / VERDICT)


def read_verdict(directory: Path) -> dict[str, Any] | None:
    """Return the verdict of a run, or None when there is none that can be read."""
    try:
        data = json.loads((directory / VERDICT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None
