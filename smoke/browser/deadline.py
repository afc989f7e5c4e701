"""
A limit for calls of Playwright that have none.

Some calls take no timeout (a new page, the state of a context), and wait for ever when the browser dies at the wrong
moment or a script never returns. Playwright's sync API runs an event loop beside our code in the same thread; a timer
on that loop can break off the call that our code is waiting for.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from greenlet import getcurrent  # type: ignore[import-untyped]  # it has no types of its own

from smoke.errors import SmokeError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_AFTER_DEATH_S = 1.0
"""How long a call may take to notice by itself that the browser is gone."""


class Hanging(SmokeError):
    """A call of Playwright did not return."""


@contextmanager
def limited(seconds: float, browser: "Browser | None" = None) -> Iterator[None]:
    """
    Raise Hanging in the calling code once *seconds* have passed, or soon after *browser* is disconnected.

    Where Playwright's loop does not run, because its own process is gone, no call can hang either.
    """
    loop = _running_loop()
    if loop is None:
        yield
        return
    here = getcurrent()
    timers = [loop.call_later(max(seconds, 0.0), here.throw, Hanging(f"no response in {seconds:.1f} s"))]

    def disconnected(_browser: "Browser") -> None:
        timers.append(loop.call_later(_AFTER_DEATH_S, here.throw, Hanging("the browser is gone")))

    if browser is not None:
        browser.on("disconnected", disconnected)
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        if browser is not None:
            browser.remove_listener("disconnected", disconnected)


def playwright_runs() -> bool:
    """Tell whether Playwright's sync API is started in this thread; its loop ends when its own process is gone."""
    return _running_loop() is not None


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
