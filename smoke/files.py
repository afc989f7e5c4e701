"""Write a file in one step: a reader sees the old one or the new one, never half of one."""

import os
from pathlib import Path

PRIVATE = 0o600
"""The mode of files that hold secrets."""


def replace_file(path: Path, content: str | bytes, mode: int = 0o666) -> None:
    """
    Write *content* beside *path*, then rename it into place; raises OSError.

    *mode* is less the process's umask. Lone surrogates, which no encoding can carry, become question marks.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
