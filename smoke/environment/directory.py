"""Find the directory of the environment files."""

from pathlib import Path

from smoke.errors import ConfigurationError

DIRECTORY = "environments"


def root(start: Path, chosen: Path | None = None) -> Path:
    """
    Return the directory of the environment files: *chosen* if given, else `environments` at *start* or above it.

    Raises ConfigurationError when there is no such directory.
    """
    if chosen is not None:
        if chosen.is_dir():
            return chosen.resolve()
        raise ConfigurationError(f"--environments: there is no directory {str(chosen)!r}; correct the path")
    for place in (start.resolve(), *start.resolve().parents):
        if (place / DIRECTORY).is_dir():
            return place / DIRECTORY
    raise ConfigurationError(
        f"there is no directory {DIRECTORY!r} in {start} or above it; "
        "go to the project's directory, or name the directory with --environments"
    )
