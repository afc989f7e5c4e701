"""A browser for tests: one a package, guarded as in a real run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from smoke.browser import executable
from smoke.browser.launch import QUIET, Launch, machine
from smoke.browser.live import LiveBrowser
from smoke.environment.environment import Environment
from smoke.environment.redaction import Redactor
from smoke.journeys.world import JourneyWorld
from smoke.running.once import once
from tests.browser.site import Site


@contextmanager
def running_playwright() -> Iterator[Playwright]:
    """Run Playwright without a browser; a thread can have it only once."""
    playwright = sync_playwright().start()
    try:
        yield playwright
    finally:
        playwright.stop()


@contextmanager
def live_browser(playwright: Playwright) -> Iterator[LiveBrowser]:
    """Run a browser that is started when it is first needed."""
    live = LiveBrowser(playwright.chromium.launch, Launch(executable.find(), (*QUIET, *machine())))
    try:
        yield live
    finally:
        live.close()


def environment(site: Site, **changes: Any) -> Environment:
    """Return an environment whose only service is *site*."""
    return Environment.model_validate(
        {
            "name": "portal/test",
            "tier": "dev",
            "services": {"web": {"url": site.url}},
            "browser": {"timeout_s": 2.0, **changes.pop("browser", {})},
            "confirm": {"pause_s": 0.01},
            **changes,
        }
    )


def world(
    live: LiveBrowser,
    environment: Environment,
    folder: Path,
    *,
    secret: Callable[[Any], str] = lambda reference: f"value-of-{reference.env}",
    remaining_s: Callable[[], float] = lambda: 60.0,
) -> JourneyWorld:
    """Return the world of a run with *folder* as its place."""
    private = folder / "private"
    private.mkdir(exist_ok=True)
    return JourneyWorld(
        environment=environment,
        browser=live,
        directory=folder / "browser",
        redactor=Redactor(),
        once=lambda key, produce: once(private, key, produce),
        secret=secret,
        remaining_s=remaining_s,
        run_id="a-run",
    )
