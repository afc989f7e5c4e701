"""A browser that dies, a browser that is not there: never the release's fault."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from smoke.browser.launch import Launch
from smoke.browser.live import LiveBrowser
from smoke.environment.journeys import Journey, Landmark
from smoke.journeys import run_journey
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome
from tests.browser.chromium import environment, live_browser, running_playwright, world
from tests.browser.site import Answer, Asked, Site

JOURNEY = Journey(name="home", landmark=Landmark(role="heading", name="Home"))
PAGE = Answer("<!doctype html><h1>Home</h1>")


@dataclass
class Own:
    """A browser that a test may kill, beside the one that all tests share."""

    live: LiveBrowser
    driver: psutil.Process

    def kill(self, *flags: str) -> None:
        """Kill the browser's processes that have one of *flags*, or all of them."""
        for child in self.driver.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if not flags or set(flags) & set(child.cmdline()):
                    child.kill()


def with_own_browser(body: Callable[[Own], Judgement]) -> Judgement:
    """Return what *body* returns, in a thread with a Playwright of its own: there can be only one in each."""

    def run() -> Judgement:
        me = psutil.Process(os.getpid())
        before = set(me.children())
        with running_playwright() as playwright, live_browser(playwright) as live:
            (driver,) = set(me.children()) - before
            return body(Own(live, driver))

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_browser_that_dies_once_is_replaced(site: Site, tmp_path: Path) -> None:
    """A journey whose browser was killed is made again with a new one, and passes."""

    def body(own: Own) -> Judgement:
        _kill_while_answering(site, own, times=1)
        result = run_journey(JOURNEY, world(own.live, environment(site), tmp_path))
        assert (result.rounds, own.live.starts) == (1, 2)
        return result.judgement

    judgement = with_own_browser(body)

    assert judgement.outcome is Outcome.PASSED
    assert "made with a new browser, since the browser died" in judgement.facts["noted"]


def test_browser_that_dies_again_is_the_runners_fault(site: Site, tmp_path: Path) -> None:
    """A browser that dies twice leaves the journey undecided, cause runner, and the next journey gets another one."""

    def body(own: Own) -> Judgement:
        _kill_while_answering(site, own, times=2)
        place = world(own.live, environment(site), tmp_path)
        judgement = run_journey(JOURNEY, place).judgement
        assert run_journey(JOURNEY, place).judgement.outcome is Outcome.PASSED
        return judgement

    judgement = with_own_browser(body)

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.RUNNER)
    assert judgement.message == "the browser died while the journey was made"


# Playwright leaves a coroutine behind when its own process is gone.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_driver_that_dies_is_started_anew(site: Site, tmp_path: Path) -> None:
    """When Playwright's own process is gone, it and the browser are started again."""
    site.reply("/", PAGE)

    def body(own: Own) -> Judgement:
        place = world(own.live, environment(site), tmp_path)
        assert run_journey(JOURNEY, place).judgement.outcome is Outcome.PASSED
        own.driver.kill()
        return run_journey(JOURNEY, place).judgement

    judgement = with_own_browser(body)

    assert judgement.outcome is Outcome.PASSED
    assert "made with a new browser" in judgement.facts["noted"]


def test_page_that_crashes_is_undecided(site: Site, tmp_path: Path) -> None:
    """A page whose process crashes twice is undecided, cause runner: memory may have run out here."""

    def body(own: Own) -> Judgement:
        _kill_while_answering(site, own, "--type=renderer", times=9)
        return run_journey(JOURNEY, world(own.live, environment(site), tmp_path)).judgement

    judgement = with_own_browser(body)

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.RUNNER), judgement.message


def test_browser_that_does_not_start_is_the_runners_fault(site: Site, tmp_path: Path, live: LiveBrowser) -> None:
    """A browser that cannot be started leaves the journey undecided, cause runner."""

    def launcher(**options: Any) -> Any:
        browser, _ = live.open()
        return browser.browser_type.launch(**{**options, "executable_path": "/bin/false"})

    broken = LiveBrowser(launcher, Launch("/bin/false", ()))

    judgement = run_journey(JOURNEY, world(broken, environment(site), tmp_path)).judgement

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.RUNNER)
    assert judgement.message.startswith("the browser did not start")


def _kill_while_answering(site: Site, own: Own, *flags: str, times: int) -> None:
    deaths = iter(range(times))

    def answer(_asked: Asked) -> Answer:
        if next(deaths, None) is not None:
            own.kill(*flags)
        return PAGE

    site.reply("/", answer)
