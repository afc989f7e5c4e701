"""A browser that is killed shortly after each start, for the fault that a runner's browser crashes."""

import os
import shlex
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

SCRIPT = """#!/bin/sh
# The real browser, killed {seconds:.2f} s after its start. The timer lets go of the pipes that the caller waits for.
{browser} "$@" &
browser=$!
( exec 3<&- 4>&- </dev/null >/dev/null 2>&1; sleep {seconds:.2f}; kill -KILL "$browser" ) &
wait "$browser"
"""


def script(seconds: float) -> str:
    """Return a shell script that passes for the browser and dies after *seconds*."""
    return SCRIPT.format(browser=shlex.quote(_browser()), seconds=seconds)


def _browser() -> str:
    named = os.environ.get("SMOKE_BROWSER_EXECUTABLE")
    found = named or next((path for path in map(shutil.which, NAMES) if path), None)
    return found or _playwright_browser() or NAMES[0]


def _playwright_browser() -> str | None:
    """Return the newest Chromium that Playwright has downloaded, if any."""
    places = os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), Path.home() / ".cache/ms-playwright"
    for place in filter(None, places):
        found = sorted(Path(place).glob("chromium-*/chrome-linux*/chrome"))
        if found:
            return str(found[-1])
    return None
