"""Write a file in one step: a reader sees the old one or the new one, never half of one."""

import os
from pathlib import Path


def replace_file(path: Path, content: str | bytes) -> None:
    """
    Write *content* beside *path*, then rename it into place; raises OSError.

    Lone surrogates, which no encoding can carry, become question marks.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
