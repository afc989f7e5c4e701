"""A browser that can be replaced when it dies."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from smoke.browser.deadline import Hanging, limited, playwright_runs
from smoke.browser.death import BrowserDied, is_alive
from smoke.browser.guard import Guard
from smoke.browser.launch import Launch
from smoke.browser.resident import Resident

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

_CALL_S = 10.0

Launcher = Callable[..., "Browser"]
"""Playwright's `launch`, or pytest-playwright's `launch_browser`."""


class LiveBrowser:
    """
    Starts a guarded browser when it is first needed, and another one after it died.

    *launcher* starts the first; should Playwright's own process be gone too, *replace* starts that anew. With a
    *resident* its default context is that visitor's, and all other contexts are as ever.
    """

    def __init__(self, launcher: Launcher, launch: Launch, resident: Resident | None = None) -> None:
        self.resident = resident
        self.resident_context: BrowserContext | None = None
        self._launcher = launcher
        self._launch = launch
        self._browser: Browser | None = None
        self._guard: Guard | None = None
        self._driver: Playwright | None = None
        self.starts = 0

    def open(self) -> tuple["Browser", Guard]:
        """Return the browser and its guard, started if need be; raises BrowserDied when it does not start."""
        if self._browser is None or self._guard is None:
            self._start()
        if self._browser is None or self._guard is None:
            raise BrowserDied("the browser did not start")
        return self._browser, self._guard

    @property
    def executable(self) -> str | None:
        """The program that is started; None for Playwright's own."""
        return self._launch.executable

    @property
    def started(self) -> bool:
        """Whether there is a browser, dead or alive."""
        return self._browser is not None

    def is_alive(self) -> bool:
        """Tell whether the browser answers; one that was never started does not."""
        return self._browser is not None and is_alive(self._browser)

    def replace(self) -> None:
        """Put this browser away; the next `open` starts another one."""
        from playwright.sync_api import Error  # imported by the time there is a browser

        browser, self._browser, self._guard = self._browser, None, None
        context, self.resident_context = self.resident_context, None
        try:
            with limited(_CALL_S):
                if context is not None:
                    context.close()  # it ends the browser, after what the profile holds is on disk
                elif browser is not None:
                    browser.close()
        except (Error, Hanging):
            # Closing what is already dead says so; that is why it is being replaced.
            return

    def close(self) -> None:
        """End the browser, and the driver if it is our own."""
        self.replace()
        if self.resident is not None:
            self.resident.discard()
        if self._driver is not None:
            self._driver.stop()
            self._driver = None

    def _start(self) -> None:
        from playwright.sync_api import Error  # imported by the time there is a browser

        self.starts += 1
        try:
            self._browser = self._launched(self._launch.options())
            with limited(_CALL_S, self._browser):
                self._guard = Guard(self._browser)
        except (Error, Hanging) as error:
            self.replace()
            raise BrowserDied(f"the browser did not start: {_first_line(error)}") from error

    def _launched(self, options: dict[str, Any]) -> "Browser":
        from playwright.sync_api import Error  # imported by the time there is a browser

        try:
            return self._opened(options)
        except Error:
            if playwright_runs():
                raise
        # It is not the browser that is gone but the driver.
        from playwright.sync_api import sync_playwright

        self._driver = sync_playwright().start()
        self._launcher = self._driver.chromium.launch
        if self.resident is not None:
            self.resident.opener = self._driver.chromium.launch_persistent_context
        return self._opened(options)

    def _opened(self, options: dict[str, Any]) -> "Browser":
        if self.resident is None:
            return self._launcher(**options)
        context = self.resident.start(options)
        if context.browser is None:
            context.close()
            raise BrowserDied("the browser did not start: it tells nothing of itself")
        self.resident_context = context
        return context.browser


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300]
