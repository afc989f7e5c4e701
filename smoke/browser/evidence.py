"""
Traces and screenshots of what did not pass, without secrets.

Only a second look is traced: a product that is well pays nothing for it. A trace holds no pictures, since pixels cannot
be scrubbed; its snapshots of the document can, and show the same. A screenshot masks known secrets before it is
taken, and is not taken at all on a page that asks for a password or shows a secret that cannot be masked.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoke.browser.scrub import NotScrubbed, scrub
from smoke.environment.redaction import SHORTEST, Redactor

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

FOLDER = "browser"
_SCREENSHOT_MS = 3000.0


@dataclass
class Evidence:
    """
    Keeps the evidence of one run in *directory*, named for the journey and the look.

    *shown* are secrets that a page may legitimately show, such as the user's own address: a screenshot covers them.
    """

    directory: Path
    redactor: Redactor
    shown: set[str] = field(default_factory=set)
    dropped: list[str] = field(default_factory=list)

    def record(self, context: "BrowserContext") -> None:
        """Begin to record a trace."""
        context.tracing.start(screenshots=False, snapshots=True, sources=False)

    def keep(self, context: "BrowserContext", name: str, *, traced: bool) -> tuple[str, ...]:
        """Keep what shows how the visit of *context* ended; returns paths relative to the run's directory."""
        self.directory.mkdir(parents=True, exist_ok=True)
        pictures = [self._screenshot(page, name) for page in context.pages[-1:]]
        traces = [self._trace(context, name)] if traced else []
        return tuple(f"{FOLDER}/{kept}" for kept in (*pictures, *traces) if kept)

    def remember(self, state: Mapping[str, Any]) -> None:
        """Register the session in *state* (Playwright's storage state) as secret."""
        for value in _values(state):
            self.redactor.register(value)

    def _trace(self, context: "BrowserContext", name: str) -> str | None:
        from playwright.sync_api import Error  # imported by the time there is a context

        with tempfile.TemporaryDirectory(prefix="smokegate-trace-") as private:
            raw = Path(private) / "trace.zip"
            try:
                self.remember({"cookies": context.cookies()})
                context.tracing.stop(path=raw)
                scrub(raw, self.directory / f"{name}.zip", self.redactor)
            except (Error, NotScrubbed) as error:
                self.dropped.append(f"the trace of {name} was dropped: {type(error).__name__}")
                return None
        return f"{name}.zip"

    def _screenshot(self, page: "Page", name: str) -> str | None:
        from playwright.sync_api import Error  # imported by the time there is a page

        path = self.directory / f"{name}.png"
        try:
            if self._still_secret(page) or page.locator("input[type=password]").count():
                self.dropped.append(f"no screenshot of {name}: the page shows or asks for a secret")
                return None
            page.screenshot(path=path, mask=list(self._covers(page)), timeout=_SCREENSHOT_MS, animations="disabled")
        except Error as error:
            self.dropped.append(f"no screenshot of {name}: {type(error).__name__}")
            return None
        return path.name

    def _covers(self, page: "Page") -> Iterator["Locator"]:
        for value in sorted(self.shown):
            yield page.get_by_text(value)
        yield page.locator("input, textarea")

    def _still_secret(self, page: "Page") -> bool:
        text = page.locator("body").inner_text(timeout=_SCREENSHOT_MS)
        for value in self.shown:
            text = text.replace(value, "")
        return self.redactor.redact(text) != text


def _values(state: Any) -> Iterator[str]:
    """Yield every value of cookies and storages, not their names."""
    if isinstance(state, Mapping):
        value = state.get("value")
        if isinstance(value, str) and len(value) > SHORTEST * 2:
            yield value
        for key, one in state.items():
            if key not in {"value", "name", "domain", "path"}:
                yield from _values(one)
    elif isinstance(state, list | tuple):
        for one in state:
            yield from _values(one)
