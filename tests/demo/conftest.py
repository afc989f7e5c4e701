"""Stacks for the tests: one healthy one shared by a module, and others as the tests order them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from smoke.demo.process import DeployedRelease, Stack
from tests.demo.stacks import Stacks, sharing
from tests.demo.visitor import WEB, Visitor, eventually

OLD_SESSIONS: dict[Path, str] = {}
"""The session of before the deploy, by state directory."""

Deployed = tuple[Visitor, DeployedRelease]


@pytest.fixture(scope="session")
def stacks() -> Iterator[Stacks]:
    """Return where stacks come from, quickly."""
    with sharing() as stacks:
        yield stacks


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, stacks: Stacks) -> Iterator[Deployed]:
    """Return a visitor of a healthy stack after its deploy."""
    state = tmp_path_factory.mktemp("stack")
    with stacks.stack(state) as stack:
        visitor = Visitor(state)
        visitor.login()
        OLD_SESSIONS[state] = visitor.cookie
        visitor.cookie = ""
        release = stack.deploy()
        assert eventually(lambda: set(visitor.census()) == {release.commit} and _pages_serve(visitor, release))
        yield visitor, release


@pytest.fixture
def start(tmp_path: Path, stacks: Stacks) -> Iterator[Callable[..., tuple[Stack, Visitor]]]:
    """Return a way to start a stack with faults; it ends with the test."""
    with ExitStack() as ends:

        def start_with(*faults: str, seed: int = 1, speed: float = 1.0) -> tuple[Stack, Visitor]:
            stack = ends.enter_context(stacks.stack(tmp_path, faults, seed=seed, speed=speed))
            return stack, Visitor(tmp_path)

        yield start_with


def _pages_serve(visitor: Visitor, release: DeployedRelease) -> bool:
    return all(release.commit in visitor.ask(WEB, "/").text for _ in range(6))
