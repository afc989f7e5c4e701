"""Whether a history is kept here; without its library, so that who keeps none pays nothing."""

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "SMOKE_HISTORY_URL"
FILE = "history.sqlite"


def named(environ: Mapping[str, str]) -> bool:
    """Tell whether the variable, or its `_FILE` twin, names a database."""
    return VARIABLE in environ or f"{VARIABLE}_FILE" in environ


def exists(state: Path, environ: Mapping[str, str]) -> bool:
    """Tell whether somebody keeps a history here."""
    return named(environ) or (state / FILE).exists()
