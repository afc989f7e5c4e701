"""The job that all contenders do: so many checks against one server."""

from dataclasses import dataclass
from pathlib import Path

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True, slots=True)
class Job:
    """*checks* requests to *url*; *directory* is for the contenders' files, *root* is the repository's."""

    url: str
    checks: int
    directory: Path
    root: Path

    @property
    def variables(self) -> dict[str, str]:
        """What the contenders' own files read."""
        return {"BENCH_URL": self.url, "BENCH_CHECKS": str(self.checks)}

    def place(self, name: str) -> Path:
        """Return a new directory for one contender."""
        place = self.directory / name
        place.mkdir(parents=True)
        return place
