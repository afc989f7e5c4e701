"""A browser that is killed shortly after each start, for the fault that a runner's browser crashes."""

import os
import shlex
from pathlib import Path

from smoke.browser.executable import find

HEADLESS_SHELL = "chromium_headless_shell-*/chrome-*/*headless*shell"

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
    """Return the browser that the verifier would take by itself; Playwright's own one is found by its place."""
    found = find()
    if found is not None:
        return found
    places = (os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), str(Path.home() / ".cache/ms-playwright"))
    shells = (path for place in filter(None, places) for path in sorted(Path(place).glob(HEADLESS_SHELL)))
    return str(next(shells, "chromium"))
