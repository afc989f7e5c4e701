"""Calls of Playwright that have no limit of their own are broken off."""

import time

import pytest

from smoke.browser.deadline import Hanging, limited
from smoke.browser.live import LiveBrowser
from tests.browser.site import Site


def test_call_that_never_returns_is_broken_off(live: LiveBrowser, site: Site) -> None:
    """A question to a page whose script never returns ends at the limit, and the browser can be used on."""
    site.serve("/", "<!doctype html><script>for (;;);</script>")
    site.serve("/well", "<!doctype html><title>Well</title>")
    browser, _guard = live.open()
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url, wait_until="commit")
    began = time.monotonic()

    with pytest.raises(Hanging, match=r"no response in 0\.3 s"), limited(0.3):
        page.title()

    assert time.monotonic() - began < 10
    context.close()
    other = browser.new_page()
    other.goto(f"{site.url}/well")
    assert other.title() == "Well"
    other.close()


def test_call_that_returns_in_time_is_left_alone(live: LiveBrowser) -> None:
    """A limit that was not reached leaves nothing behind that could strike later."""
    browser, _guard = live.open()
    page = browser.new_page()
    with limited(1.0):
        assert page.title() == ""

    page.wait_for_timeout(1200)
    page.close()


def test_without_playwright_nothing_is_limited() -> None:
    """Where no loop runs there is no call to be broken off."""
    import threading

    seen: list[str] = []

    def body() -> None:
        with limited(0.0):
            seen.append("done")

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == ["done"]
