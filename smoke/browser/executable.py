"""
Find a Chromium to make journeys with.

In this order: what the user names, what `playwright install` put there, Chrome or Chromium of the system. Nothing is
started to find out, so that a missing browser is wrong usage, said before the run begins.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from smoke.errors import UsageError

VARIABLE = "SMOKE_BROWSER_EXECUTABLE"
"""Names the browser to use, before anything that is found."""

ON_PATH = (
    "chromium-headless-shell",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "chromium",
    "chromium-browser",
    "microsoft-edge-stable",
)
"""
Commands of the system's browsers, the best first.

The headless shell is what Playwright prefers too: the same engine, at half the processor time (measured with the
journeys of the embedded portal: 5.7 s against 9.3 s).
"""

MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

_INSTALLERS = {
    "apt-get": "apt-get install chromium-headless-shell",
    "dnf": "dnf install chromium",
    "apk": "apk add chromium",
    "pacman": "pacman -S chromium",
    "brew": "brew install --cask chromium",
}

_REGISTRIES = {"darwin": "Library/Caches/ms-playwright", "win32": "AppData/Local/ms-playwright"}


def find(environ: Mapping[str, str] = os.environ, which: Callable[[str], str | None] = shutil.which) -> str | None:
    """
    Return the browser's path, or None for the one that Playwright starts by itself.

    Raises UsageError when there is none, or none where `SMOKE_BROWSER_EXECUTABLE` points to.
    """
    if environ.get(VARIABLE):
        return _named(environ[VARIABLE], which)
    own = playwrights_own(environ)
    if own is not None:
        return own or None
    for candidate in _installed(which):
        return candidate
    raise UsageError(_advice(which))


def playwrights_own(environ: Mapping[str, str] = os.environ) -> str | None:
    """
    Return the browser that `playwright install` put there: empty for its default one, a path for the full Chromium.

    None when there is neither. Playwright's own list (`browsers.json`) tells the revision that fits it.
    """
    driver = _driver()
    if driver is None:
        return None
    listed = json.loads((driver / "browsers.json").read_text(encoding="utf-8"))["browsers"]
    revision = next((one["revision"] for one in listed if one["name"] == "chromium"), "")
    registry = _registry(environ, driver)
    if _complete(registry / f"chromium_headless_shell-{revision}"):
        return ""
    full = registry / f"chromium-{revision}"
    patterns = ("chrome-*/chrome", "chrome-*/*.app/Contents/MacOS/*", "chrome-*/chrome.exe")
    found = [path for pattern in patterns for path in sorted(full.glob(pattern))] if _complete(full) else []
    return str(found[0]) if found else None


def _named(name: str, which: Callable[[str], str | None]) -> str:
    path = which(name)
    if path is None:
        raise UsageError(f"{VARIABLE}={name}: there is no such program; correct the path, or unset it to search")
    return path


def _installed(which: Callable[[str], str | None]) -> Iterator[str]:
    for name in ON_PATH:
        path = which(name)
        if path is not None:
            yield path
    if sys.platform == "darwin":
        yield from (path for path in MACOS if Path(path).exists())


def _driver() -> Path | None:
    # Found without an import: Playwright takes longer to import than a whole check to be made.
    spec = find_spec("playwright")
    places = list(spec.submodule_search_locations or ()) if spec else []
    package = Path(places[0]) / "driver" / "package" if places else None
    return package if package is not None and (package / "browsers.json").is_file() else None


def _registry(environ: Mapping[str, str], driver: Path) -> Path:
    """Return where Playwright keeps its browsers (its `registry/index.ts`)."""
    chosen = environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":
        return driver / ".local-browsers"
    if chosen:
        return Path(chosen)
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if sys.platform in _REGISTRIES:
        return home / _REGISTRIES[sys.platform]
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "ms-playwright"


def _complete(directory: Path) -> bool:
    return (directory / "INSTALLATION_COMPLETE").is_file()


def _advice(which: Callable[[str], str | None]) -> str:
    system = next((command for tool, command in _INSTALLERS.items() if which(tool)), None)
    other = f", or `{system}`" if system else ""
    return (
        "there is no browser to make the journeys with; install one with "
        f"`playwright install chromium`{other}, or name one with {VARIABLE}"
    )
