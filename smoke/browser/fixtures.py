"""
What pytest-playwright is to do differently for journeys; loaded beside it, and only if a journey may be made.

Its `--output` directory is left alone: it would be deleted by every xdist worker, evidence of other runs included. Its
`browser` fixture would stay dead once the browser died, so journeys get theirs from `open_browser`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

from smoke.browser import executable
from smoke.browser.launch import QUIET, Launch, machine
from smoke.browser.live import LiveBrowser
from smoke.browser.resident import Resident


class Visitor(NamedTuple):
    """What the visitor who stays begins with (see `Resident`)."""

    room: Path
    archive: Path | None
    settings: Mapping[str, Any]


class OpenBrowser(Protocol):
    """Gives an environment its browser."""

    def __call__(self, environment: str, launch: Launch, visitor: Visitor | None = None) -> LiveBrowser:
        """Return the browser of *environment*, the same every time."""
        ...


@pytest.fixture(scope="session", autouse=True)
def delete_output_dir() -> None:
    """Delete nothing (overrides pytest-playwright's)."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the browser that is there, quietly (extends pytest-playwright's)."""
    chosen: dict[str, Any] = {} if "channel" in browser_type_launch_args else {"executable_path": executable.find()}
    return {"args": [*QUIET, *machine()], **chosen, **browser_type_launch_args}


@pytest.fixture(scope="session")
def open_browser(request: pytest.FixtureRequest) -> Iterator[OpenBrowser]:
    """
    Return a function that gives each environment its own browser, started when first needed; all are closed.

    With settings for a visitor who stays, in a private directory, its default context is that visitor's.
    """
    opened: dict[str, LiveBrowser] = {}

    # Asked for when needed, not as arguments: pytest-playwright would put the browser's name into every journey's id.
    def persistently(directory: Path, **options: Any) -> Any:
        browser_type, chosen = (request.getfixturevalue(name) for name in ("browser_type", "browser_type_launch_args"))
        return browser_type.launch_persistent_context(directory, **{**chosen, **options})

    def open_browser(environment: str, launch: Launch, visitor: Visitor | None = None) -> LiveBrowser:
        if environment not in opened:
            resident = None
            if visitor is not None:
                resident = Resident(visitor.room, persistently, visitor.archive, visitor.settings)
            opened[environment] = LiveBrowser(request.getfixturevalue("launch_browser"), launch, resident)
        return opened[environment]

    yield open_browser
    for one in opened.values():
        one.close()
