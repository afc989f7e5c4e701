"""What tests of several parts share: a small site, a project that verifies it, and warnings that are errors."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import nursery
from tests.nursery import Nursery
from tests.plugin.project import Project
from tests.plugin.site import Site, serving
from tests.verdict.made import RUN_ID

pytest_plugins = ["pytester"]

# Examples are few, since the tests run often; those that found something become tests of their own.
settings.register_profile("project", max_examples=60, deadline=None, database=None)
settings.load_profile("project")


def pytest_collection() -> None:
    """Search for no garbage among thousands of tests that stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Search for garbage in what comes from now on."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Turn warnings into errors, in our own tests only: they are of no use to who looks at a deployment.

    What takes longest comes first.
    """
    own = Path(__file__).parent
    for item in items:
        if own in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("error"), append=False)
    items.sort(key=lambda item: item.get_closest_marker("early") is None)


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a healthy site."""
    with serving() as site:
        yield site


@pytest.fixture(scope="session")
def processes() -> Iterator[Nursery]:
    """Return where processes come from that have imported what a session needs already."""
    with nursery.running("tests.plugin.imported") as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, processes: Nursery) -> Project:
    """Return a project without environments."""
    return Project(tmp_path, processes)


@pytest.fixture
def run_id() -> str:
    """Return an id of a run."""
    return RUN_ID
