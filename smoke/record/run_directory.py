"""The directory of one run under `reports/`: made first, and never without a verdict in it."""

import json
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smoke.errors import UsageError
from smoke.files import replace_file

VERDICT = "verdict.json"
LATEST = "latest"

_RUN_ID = re.compile(r"(?!latest$)[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""One plain name, so that a run can neither leave its environment's directory nor stand in another one's place."""


def new_run_id(now: datetime | None = None) -> str:
    """Return an id that sorts by time and is unique: `20261121T101500Z-1f3a9c`."""
    return f"{(now or datetime.now(UTC)):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def create(reports: Path, environment: str, run_id: str) -> Path:
    """
    Make `reports/<environment>/<run id>/`.

    Raises UsageError when *run_id* is no plain name or belongs to an earlier run, whose verdict could be taken for this
    one's, and when the directory cannot be written.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise UsageError(f"--run-id {run_id}: is no plain name; use letters, digits, '.', '_' and '-', not {LATEST!r}")
    directory = reports / environment / run_id
    refuse_used(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "browser").mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be written ({error.strerror}); give a writable directory with --reports"
        ) from error
    return directory


def refuse_used(directory: Path) -> None:
    """Raise UsageError when *directory* is an earlier run's."""
    if (directory / VERDICT).exists():
        raise UsageError(f"{directory}: holds the verdict of an earlier run; give another --run-id, or none")


def point_latest(directory: Path) -> None:
    """Let `latest` beside *directory* lead to it, where the file system knows links: it is only a convenience."""
    link = directory.parent / LATEST
    temporary = directory.parent / f".{LATEST}-{directory.name}"
    with suppress(OSError):
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(directory.name, target_is_directory=True)
        temporary.replace(link)
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


def write_verdict(directory: Path, verdict: Mapping[str, Any]) -> None:
    """Replace `verdict.json` in one step; raises OSError."""
    replace_file(directory / VERDICT, json.dumps(verdict, indent=2) + "\n")


def read_verdict(directory: Path) -> dict[str, Any] | None:
    """Return the verdict of a run, or None when there is none that can be read."""
    try:
        data = json.loads((directory / VERDICT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None
