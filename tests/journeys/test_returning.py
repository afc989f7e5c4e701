"""The returning visitor: primed on one release, back on the next, in a real browser with a profile on disk."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from smoke.browser import executable
from smoke.browser.launch import QUIET, Launch, machine
from smoke.browser.live import LiveBrowser
from smoke.browser.profile import pack, unpack
from smoke.browser.resident import Resident
from smoke.browser.visit import Visit
from smoke.environment.environment import Environment
from smoke.environment.journeys import Landmark
from smoke.environment.returning import journeys_of
from smoke.journeys import Result, run_journey
from smoke.journeys.look import Look
from smoke.journeys.looking import Part, look
from smoke.verdict.words import Cause, Outcome
from tests.browser.chromium import environment, world
from tests.browser.site import Answer, Asked, Site

PAGE = """<!doctype html><title>Shop</title><body><div id=root></div><script src="/app-{build}.js"></script></body>"""
APP = "document.getElementById('root').innerHTML = '<h1>Shop</h1><p>build {build}</p>'; {more}"
REGISTER = "navigator.serviceWorker.register('/sw.js')"
PINS = """
const kept = async (request) => {
  const cache = await caches.open("shell"), known = await cache.match("/");
  if (known) return known;
  const answer = await fetch(request);
  await cache.put("/", answer.clone());
  return answer;
};
addEventListener("install", (event) => event.waitUntil(kept("/").then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.request.mode === "navigate" && event.respondWith(kept(event.request)));
"""
ASKS_FIRST = PINS.replace("if (known) return known;", "")
POSTS = PINS + "fetch('/orders', {method: 'POST', body: '{}'}).catch(() => null);"


@dataclass
class Shop:
    """A shop of one page whose script has the build's name, and a browser that comes back to it."""

    site: Site
    playwright: Playwright
    folder: Path

    def serve(self, build: str, *, worker: str = "", cached: str = "max-age=31536000, immutable") -> None:
        """Serve one build, and nothing of another one."""
        for path in [path for _, path in self.site.replies if path.startswith("/app-")]:
            del self.site.replies["GET", path]
        self.site.serve("/", PAGE.format(build=build), headers=(("cache-control", "no-cache"),))
        script = APP.format(build=build, more=REGISTER if worker else "")
        self.site.replies["GET", f"/app-{build}.js"] = Answer(
            script, type="text/javascript", headers=(("cache-control", cached),)
        )
        if worker:
            self.site.serve("/sw.js", worker, type="text/javascript", headers=(("cache-control", "no-cache"),))

    @property
    def archive(self) -> Path:
        """Where the profile is recorded."""
        return self.folder / "profile.tar.gz"

    @property
    def environment(self) -> Environment:
        """The environment file of the shop."""
        shop = {"name": "shop", "landmark": {"role": "heading", "name": "Shop"}}
        return environment(self.site, journeys=[shop])

    def prime(self) -> Result:
        """Make the visit before the deploy."""
        return self._visit(None, self.archive)

    def come_back(self) -> Result:
        """Make the visit after it."""
        return self._visit(self.archive if self.archive.exists() else None, None)

    def look(self, part: Part) -> Look:
        """Look once as a visitor who stays."""
        with self._browser(None, self.archive) as live:
            return look(world(live, self.environment, self.folder), part)

    def _visit(self, archive: Path | None, profile: Path | None) -> Result:
        with self._browser(archive, profile) as live:
            place = replace(world(live, self.environment, self.folder), profile=profile)
            return run_journey(journeys_of(self.environment)[-1], place)

    @contextmanager
    def _browser(self, archive: Path | None, profile: Path | None) -> Iterator[LiveBrowser]:
        resident = None
        if archive or profile:
            opener = self.playwright.chromium.launch_persistent_context
            resident = Resident(self.folder, opener, archive, {"service_workers": "allow"})
        launch = Launch(executable.find(), (*QUIET, *machine()))
        live = LiveBrowser(self.playwright.chromium.launch, launch, resident)
        try:
            yield live
        finally:
            live.close()


@pytest.fixture
def shop(site: Site, playwright: Playwright, tmp_path: Path) -> Shop:
    """Return a shop that serves its first build."""
    return Shop(site, playwright, tmp_path)


def test_without_a_profile_it_is_waived(shop: Shop) -> None:
    """Who was not there before the deploy cannot come back, which is said and holds nothing up."""
    shop.serve("one")

    judgement = shop.come_back().judgement

    assert (judgement.outcome, judgement.facts["waived"]) == (Outcome.SKIPPED, "no baseline")
    assert "run `smoke prime` first" in judgement.message


def test_a_site_without_a_worker_passes_and_tells_of_open_tabs(shop: Shop) -> None:
    """The page is the new one at once; what an open tab would miss is noted."""
    shop.serve("one")
    assert shop.prime().judgement.outcome is Outcome.PASSED
    assert stat.S_IMODE(shop.archive.stat().st_mode) == 0o600
    shop.serve("two")

    judgement = shop.come_back().judgement

    assert judgement.outcome is Outcome.PASSED
    assert "misses 1 of its files, such as /app-one.js" in judgement.facts["noted"]


@pytest.mark.parametrize("kept", [True, False])
def test_a_session_that_a_tab_keeps_is_the_visitors_too(shop: Shop, *, kept: bool) -> None:
    """Where the session lies in the tab's own storage, the visitor is logged in by it, as any other journey is."""
    script = "document.body.innerHTML = sessionStorage.getItem('token') ? '<h1>Orders</h1>' : '<h1>Log in</h1>'"
    shop.site.serve("/", f"<!doctype html><body><script>{script}</script></body>")
    session = {"state": {}, "session_storage": {shop.site.url: [["token", "secret"]] if kept else []}}

    def act(visit: Visit) -> None:
        visit.go("web", "/")
        visit.see(Landmark(role="heading", name="Orders"))

    seen = shop.look(Part("returning-1", act, session=session, resident=True))

    assert (seen.met, seen.obstacle) == (kept, None)


def test_a_worker_that_pins_the_old_shell_fails(shop: Shop) -> None:
    """The old shell names a script that is gone, and loading it anew does not help: people are locked out."""
    shop.serve("one", worker=PINS)
    assert shop.prime().judgement.outcome is Outcome.PASSED
    shop.serve("two", worker=PINS)

    judgement = shop.come_back().judgement

    assert judgement.outcome is Outcome.FAILED
    assert "found the old page of a service worker: a blank page" in judgement.message
    assert judgement.facts["remedy"] == "unregister service worker"


@pytest.mark.parametrize("after_ms", [0, 1500])
def test_a_worker_that_comes_late_is_waited_for(shop: Shop, after_ms: int) -> None:
    """Its script may take its time, and some pages ask for it long after everything else: it belongs to the profile."""
    shop.serve("one", worker=PINS)
    late = APP.format(build="one", more=f"setTimeout(() => {REGISTER}, {after_ms})")
    shop.site.serve("/app-one.js", late, type="text/javascript")
    script = Answer(PINS, type="text/javascript")

    def at_leisure(_asked: Asked) -> Answer:
        shop.site.release.wait(timeout=1.5)
        return script

    shop.site.reply("/sw.js", at_leisure)
    assert shop.prime().judgement.outcome is Outcome.PASSED
    shop.serve("two", worker=PINS)

    assert shop.come_back().judgement.outcome is Outcome.FAILED


def test_a_worker_that_the_browser_lost_decides_nothing(shop: Shop) -> None:
    """Without the worker that the profile was recorded with, nobody comes back who was there before."""
    shop.serve("one")
    assert shop.prime().judgement.outcome is Outcome.PASSED
    visit = unpack(shop.archive, shop.folder / "unpacked")
    pack(shop.folder / "unpacked", shop.archive, {**visit, "workers": [f"{shop.site.url}/"]})

    judgement = shop.come_back().judgement

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "did not start the service worker" in judgement.message


@pytest.mark.parametrize("worker", [ASKS_FIRST, PINS])
def test_workers_that_lock_nobody_out_pass(shop: Shop, worker: str) -> None:
    """A worker that asks the server first, and one that pins a shell whose scripts are still there."""
    shop.serve("one", worker=worker)
    assert shop.prime().judgement.outcome is Outcome.PASSED
    old = shop.site.replies["GET", "/app-one.js"]
    shop.serve("two", worker=worker)
    if worker is PINS:
        shop.site.replies["GET", "/app-one.js"] = old

    assert shop.come_back().judgement.outcome is Outcome.PASSED


def test_a_page_that_loading_anew_heals_passes_with_a_note(shop: Shop) -> None:
    """A page from the browser's cache whose script is gone is what every deploy may do to an open tab."""
    shop.serve("one", cached="no-store")
    shop.site.serve("/", PAGE.format(build="one"), headers=(("cache-control", "max-age=3600"),))
    assert shop.prime().judgement.outcome is Outcome.PASSED
    shop.serve("two")

    judgement = shop.come_back().judgement

    assert judgement.outcome is Outcome.PASSED
    assert "and works when it is loaded anew" in judgement.facts["noted"]


def test_what_new_visitors_meet_too_is_not_the_profiles_doing(shop: Shop) -> None:
    """A page that is broken for everybody is left to the journey that promises it."""
    shop.serve("one")
    shop.prime()
    shop.site.serve("/", "<!doctype html><title>Shop</title><body></body>")

    judgement = shop.come_back().judgement

    assert (judgement.outcome, judgement.facts["blocked_by"]) == (Outcome.UNDECIDED, "journey/shop")


def test_a_worker_changes_nothing(shop: Shop) -> None:
    """What a worker posts does not go out, neither before the deploy nor with the recorded profile; reads are named."""
    shop.serve("one", worker=POSTS)
    assert shop.prime().judgement.outcome is Outcome.PASSED
    shop.come_back()

    assert shop.site.requests("GET", "/sw.js")
    assert not [one for one in shop.site.asked if one.method not in {"GET", "HEAD"}]
    assert all("Smokegate" in one.headers["User-Agent"] for one in shop.site.requests("GET", "/sw.js"))


def test_a_damaged_profile_decides_nothing(shop: Shop) -> None:
    """What cannot be unpacked is told with its remedy."""
    shop.serve("one")
    shop.archive.write_bytes(b"no archive")

    judgement = shop.come_back().judgement

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "damaged" in judgement.message


def test_too_large_a_profile_is_not_recorded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the pages keep may be too much to be recorded: then there is no profile, and that is said."""
    monkeypatch.setattr("smoke.browser.profile.LARGEST_BYTES", 10)
    shop.serve("one")

    judgement = shop.prime().judgement

    assert (judgement.outcome, shop.archive.exists()) == (Outcome.PASSED, False)
    assert "too much to be recorded" in judgement.facts["noted"]
