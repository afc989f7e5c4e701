"""
What is kept of a browser's profile from before the deploy: what pages stored in it, and nothing that it can do without.

Like a session it is secret: an archive that only its owner can read, never a part of a report.
"""

import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from smoke.errors import SmokeError

KEPT = (
    *("Service Worker", "WebStorage", "Local Storage", "Session Storage", "IndexedDB", "File System"),
    *("Cookies", "Cookies-journal", "Network", "Cache"),
)
"""Parts of Chromium's profile that pages can tell; the last is given up first where all is too much."""

LARGEST_BYTES = 20_000_000

VISIT = "visit.json"
"""What is known of the visit by which the profile came about."""

_PROFILE = "Default"
_LOCKS = frozenset({"LOCK", "SingletonLock", "SingletonCookie", "SingletonSocket"})


class ProfileDamaged(SmokeError):
    """A recorded profile cannot be used."""


def pack(directory: Path, archive: Path, visit: Mapping[str, Any]) -> bool:
    """Write what is kept of the profile in *directory* to *archive*; tells whether it was small enough."""
    (directory / VISIT).write_text(json.dumps(visit), encoding="utf-8")
    for parts in (KEPT, KEPT[:-1]):
        files = [directory / VISIT, *_files(directory / _PROFILE, parts)]
        if sum(one.stat().st_size for one in files) <= LARGEST_BYTES:
            _write(directory, files, archive)
            return True
    return False


def unpack(archive: Path, directory: Path) -> dict[str, Any]:
    """Lay the profile in *archive* out in *directory*, and return what is known of its visit; raises ProfileDamaged."""
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(directory, filter="data")
        visit = json.loads((directory / VISIT).read_text(encoding="utf-8"))
    except (OSError, tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise ProfileDamaged(
            f"the profile from before the deploy is damaged: {error}; run `smoke prime` again"
        ) from error
    if not isinstance(visit, dict):
        raise ProfileDamaged("the profile from before the deploy is damaged; run `smoke prime` again")
    return visit


def _files(profile: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    for part in parts:
        path = profile / part
        yield from [path] if path.is_file() else (one for one in sorted(path.rglob("*")) if _belongs(one))


def _belongs(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.name not in _LOCKS


def _write(root: Path, files: list[Path], archive: Path) -> None:
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w:gz", compresslevel=3) as packed:
        for one in files:
            packed.add(one, arcname=str(one.relative_to(root)), recursive=False)
