"""What the tests of journeys share: the browser and the site of the tests of the browser."""

from tests.browser.conftest import live, playwright, site

__all__ = ["live", "playwright", "site"]
