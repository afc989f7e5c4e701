"""Find the files that findings point to, never outside of the run's directory."""

import base64
from pathlib import Path
from urllib.parse import quote

IMAGE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
"""Types of pictures by suffix; SVG is not among them, since it may hold scripts."""


def locate(run_directory: Path, path: str) -> Path | None:
    """Return the file that *path* names within *run_directory*, or None when there is none."""
    try:
        found = (run_directory / path).resolve()
        return found if found.is_relative_to(run_directory.resolve()) and found.is_file() else None
    except (OSError, ValueError):
        # A name that no file system takes: too long, a NUL.
        return None


def link(path: str) -> str:
    """Return a relative address that no browser can take for another scheme, host or page of its own."""
    return "./" + quote(path.lstrip("/").encode("utf-8", "replace"), safe="/")


def picture(file: Path, most_bytes: int) -> str | None:
    """Return a picture as a `data:` address, or None when it is none, or larger than *most_bytes*; raises OSError."""
    media_type = IMAGE_TYPES.get(file.suffix.lower())
    if media_type is None or file.stat().st_size > most_bytes:
        return None
    return f"data:{media_type};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"
