"""What tests of several parts share: a small site, and a project that verifies it."""

from collections.abc import Iterator
from pathlib import Path

from pathlib import Path

import pytest

from tests.plugin.project import Project
from tests.plugin.site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a healthy site."""
    with serving() as site:
        yield site


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project without environments."""
    return Project(tmp_path)
