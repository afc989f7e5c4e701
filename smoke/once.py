"""Do something once per run, whichever of several processes gets there first."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock


def once(directory: Path, key: str, produce: Callable[[], Any]) -> Any:
    """
    Return what *produce* returned when it first ran for *key* in *directory*.

    The result must be JSON; it is stored in a private file, complete or not at all. Others wait for the process that
    holds the lock; should it die, the next one produces.
    """
    path = directory / f"{key}.json"
    with FileLock(str(directory / f"{key}.lock"), mode=0o600):
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            result = produce()
        temporary = directory / f".{key}-{os.getpid()}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(result, stream)
        temporary.replace(path)
    return result
