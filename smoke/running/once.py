"""Do something once per run, whichever of several processes gets there first."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from smoke.files import PRIVATE, replace_file


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
        replace_file(path, json.dumps(result), PRIVATE)
    return result
