"""
Tell a browser that died from a product that is broken.

A message such as "Target page, context or browser has been closed" proves nothing. What proves it is the browser: it is
disconnected, its process was never there, or Playwright's own process is gone.
"""

from typing import TYPE_CHECKING

from smoke.browser.deadline import Hanging, limited
from smoke.errors import SmokeError

if TYPE_CHECKING:
    from playwright.sync_api import Browser


_ANSWER_S = 5.0


class BrowserDied(SmokeError):
    """The browser is gone, or never came up; the text says which."""


def is_alive(browser: "Browser") -> bool:
    """Ask the browser for its version; no answer means that it, or the driver between us, is gone."""
    from playwright.sync_api import Error  # imported by the time there is a browser

    if not browser.is_connected():
        return False
    try:
        # A dead driver leaves the browser looking connected, so a word from it is asked for.
        with limited(_ANSWER_S, browser):
            browser.new_browser_cdp_session().detach()
    except (Error, Hanging):
        return False
    return True
