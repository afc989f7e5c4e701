"""What the tests of the pytest surface share."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.plugin.project import Project


@pytest.fixture
def short(project: Project) -> Iterator[Path]:
    """Give the project a short path for temporary files, as a browser needs it."""
    with TemporaryDirectory(prefix="sg-", dir="/tmp") as directory:
        project.variables["TMPDIR"] = directory
        yield Path(directory)
