"""A supervised run never takes an earlier run's verdict for its own."""

from pathlib import Path

import pytest

from smoke import run_directory
from smoke.errors import UsageError
from smoke.supervisor import Child, supervise


def test_an_earlier_runs_directory_is_refused(tmp_path: Path) -> None:
    """A run id used twice, as when a CI job is repeated, is refused before anything starts."""
    directory = run_directory.create(tmp_path, "portal/prod", "job-17")
    run_directory.write_verdict(directory, {"verdict": "pass"})
    with pytest.raises(UsageError, match="holds the verdict of an earlier run; give another --run-id, or none"):
        supervise(Child(["--no-such-option"], directory, {}))
