"""
What pytest-playwright is to do differently for journeys; loaded beside it, and only if a journey may be made.

Its `--output` directory is left alone: it would be deleted by every xdist worker, evidence of other runs included. Its
`browser` fixture would stay dead once the browser died, so journeys get theirs from `open_browser`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from smoke.browser import executable
from smoke.browser.launch import QUIET, Launch, machine
from smoke.browser.live import LiveBrowser


@pytest.fixture(scope="session", autouse=True)
def delete_output_dir() -> None:
    """Delete nothing (overrides pytest-playwright's)."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the browser that is there, quietly (extends pytest-playwright's)."""
    chosen: dict[str, Any] = {} if "channel" in browser_type_launch_args else {"executable_path": executable.find()}
    return {"args": [*QUIET, *machine()], **chosen, **browser_type_launch_args}


@pytest.fixture(scope="session")
def open_browser(launch_browser: Callable[..., Any]) -> Iterator[Callable[[str, Launch], LiveBrowser]]:
    """Return a function that gives each environment its own browser, started when first needed; all are closed."""
    opened: dict[str, LiveBrowser] = {}

    def open_browser(environment: str, launch: Launch) -> LiveBrowser:
        if environment not in opened:
            opened[environment] = LiveBrowser(launch_browser, launch)
        return opened[environment]

    yield open_browser
    for one in opened.values():
        one.close()
