"""Finding a browser: what is named, what Playwright has, what the system has, or one clear sentence."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from smoke.browser import executable
from smoke.browser.executable import VARIABLE, find, playwrights_own
from smoke.errors import UsageError


def on_path(*names: str) -> Callable[[str], str | None]:
    """Return a `which` that knows *names* only."""
    return lambda name: f"/usr/bin/{name}" if name in names else None


def install(registry: Path, name: str, program: str | None = None) -> Path:
    """Put a browser of the fitting revision into Playwright's registry."""
    driver = executable._driver()
    assert driver is not None
    listed = json.loads((driver / "browsers.json").read_text())["browsers"]
    revision = next(one["revision"] for one in listed if one["name"] == "chromium")
    folder = registry / f"{name}-{revision}"
    folder.mkdir(parents=True)
    (folder / "INSTALLATION_COMPLETE").touch()
    if program:
        (folder / program).parent.mkdir(parents=True)
        (folder / program).touch()
    return folder


def test_named_browser_comes_first() -> None:
    """What the variable names is used, before anything that is found."""
    assert find({VARIABLE: "chromium"}, on_path("chromium", "google-chrome")) == "/usr/bin/chromium"


def test_named_browser_that_is_not_there_is_wrong_usage() -> None:
    """A name that leads nowhere is said, with the remedy."""
    with pytest.raises(UsageError, match=f"{VARIABLE}=/opt/chrome: there is no such program"):
        find({VARIABLE: "/opt/chrome"}, on_path())


def test_playwrights_own_browser_comes_next(tmp_path: Path) -> None:
    """Playwright's default browser needs no path; its full Chromium does."""
    environ = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    full = install(tmp_path, "chromium", "chrome-linux64/chrome")
    assert find(environ, on_path("chromium")) == str(full / "chrome-linux64/chrome")

    install(tmp_path, "chromium_headless_shell")
    assert find(environ, on_path("chromium")) is None


def test_half_an_installation_does_not_count(tmp_path: Path) -> None:
    """A download that was interrupted is passed over."""
    folder = install(tmp_path, "chromium_headless_shell")
    (folder / "INSTALLATION_COMPLETE").unlink()

    assert playwrights_own({"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) is None


def test_the_systems_browser_comes_last(tmp_path: Path) -> None:
    """Chrome is preferred to Chromium."""
    environ = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}

    assert find(environ, on_path("chromium", "google-chrome-stable")) == "/usr/bin/google-chrome-stable"
    assert find(environ, on_path("chromium-browser")) == "/usr/bin/chromium-browser"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS keeps browsers outside PATH")
@pytest.mark.parametrize(
    ("tool", "command"),
    [("apt-get", "apt-get install chromium-headless-shell"), ("dnf", "dnf install chromium"), ("", "playwright")],
)
def test_no_browser_at_all_is_one_clear_sentence(tmp_path: Path, tool: str, command: str) -> None:
    """The sentence names the command that installs one on this machine."""
    with pytest.raises(UsageError, match="there is no browser to make the journeys with") as raised:
        find({"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}, on_path(tool))

    assert command in str(raised.value)
    assert "playwright install chromium" in str(raised.value)
