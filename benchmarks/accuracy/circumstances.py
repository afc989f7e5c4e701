"""When, of what and how scores were taken."""

import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smoke.demo.faults import FAULTS
from smoke.demo.faults._corpus import TRUTHS


@dataclass(frozen=True, slots=True)
class Circumstances:
    """
    What stands beside the scores.

    *planned* is how many cases there were to be, *broken* are those whose stack did not come to its end; *mixed* tells
    whether results of other sources are among them.
    """

    taken_at: datetime
    commit: str
    digest: str
    seeds: tuple[int, ...]
    planned: int
    broken: tuple[str, ...] = ()
    mixed: bool = False

    @property
    def missing(self) -> list[str]:
        """Rows of the corpus that the stack does not show yet."""
        return sorted({row for rows in TRUTHS.values() for row in rows} - set(FAULTS))


def commit(root: Path) -> str:
    """Return the commit of *root*, marked if there are changes beside it; empty without a history."""
    command = ["git", "describe", "--always", "--abbrev=7", "--dirty=+changes", "--exclude=*"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.strip()
