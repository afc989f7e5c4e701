"""Fixtures: a browser for the package, a site for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright

from smoke.browser.live import LiveBrowser
from tests.browser.chromium import live_browser, running_playwright
from tests.browser.site import Site, running


# For the package, not the session: while Playwright's sync API is started, asyncio cannot run in this thread.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Run Playwright for all tests of this package."""
    with running_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def live(playwright: Playwright) -> Iterator[LiveBrowser]:
    """Run one browser for all tests of this package."""
    with live_browser(playwright) as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[Site]:
    """Run an empty site."""
    with running() as site:
        yield site
