"""One visit of a browser to the product: go somewhere, see something, in the words of a person."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from smoke.browser import overlays
from smoke.browser.appraisal import appraise
from smoke.browser.death import BrowserDied
from smoke.browser.events import Kind
from smoke.browser.failures import failure_facts, net_error
from smoke.browser.hosts import Hosts, Party
from smoke.browser.patience import Patience
from smoke.browser.watch import Watch
from smoke.browser.wording import shown
from smoke.environment.environment import Environment
from smoke.environment.journeys import Landmark
from smoke.error_phrases import error_page

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

SETTLE_S = 2.0
"""How long requests that are under way may take to end once the page shows what it should."""

HOPELESS_S = 1.5
"""How long a page that has shown a fault, and waits for no answer of ours, may take to come up all the same."""

Sign = Callable[[], bool]
"""Tells that what is waited for will not come."""

ERROR_PAGE = "an error page"
UNRESPONSIVE = "a page that does not respond"
_SLICE_MS = 500.0
_POLL_MS = 25.0
_DESCRIBE_MS = 1000.0
_CRASH_MS = 500.0
_EXCERPT = 160


def never() -> bool:
    """Wait to the end."""
    return False


class Unmet(Exception):
    """The page does not show what it should; *facts* are evidence for the attribution of causes."""

    def __init__(self, expected: str, found: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found
        self.facts: Mapping[str, Any] = facts or {}


@dataclass
class Visit:
    """A page in a fresh context, its watch, and how long each step may take."""

    environment: Environment
    hosts: Hosts
    context: "BrowserContext"
    page: "Page"
    watch: Watch
    patience: Patience
    noted: list[str] = field(default_factory=list)
    """What is worth a remark though nothing failed."""
    asked: str = ""
    """The path that was asked for last."""

    def go(self, service: str, path: str) -> None:
        """Open *path* of *service*; raises Unmet when nothing comes back."""
        self.open(self.environment.services[service].url + path)

    def open(self, url: str, *, anew: bool = False) -> None:
        """Open *url* and wait until the browser has received the beginning of a page."""
        from playwright.sync_api import Error  # imported by the time there is a page
        from playwright.sync_api import TimeoutError as TookTooLong

        self.asked = urlsplit(url).path
        try:
            if anew:
                self.page.reload(wait_until="commit", timeout=self.patience.milliseconds())
            else:
                self.page.goto(url, wait_until="commit", timeout=self.patience.milliseconds())
        except TookTooLong:
            self.patience.blame_budget()
            raise Unmet(
                f"{shown(url)} to open", f"no answer in {self.patience.timeout_s:g} s", {"failure_kinds": ["timeout"]}
            ) from None
        except Error as error:
            code = net_error(str(error))
            if code == "ERR_ABORTED":
                self._tell_crash()
            if code is None:
                raise
            raise Unmet(f"{shown(url)} to open", f"no answer: {code}", failure_facts(code)) from None
        self._stay_at_home()

    def reload(self) -> None:
        """Load the page that is open anew, as a person does who sees that it is broken; raises Unmet."""
        self.open(self.page.url, anew=True)

    def see(self, landmark: Landmark, within: "Locator | None" = None, unless: Sign = never) -> "Locator":
        """Wait until *landmark* is visible and return it; raises Unmet."""
        place = self.find(landmark, within)
        self.wait(place.first, named(landmark), unless)
        return place.first

    def find(self, landmark: Landmark, within: "Locator | None" = None) -> "Locator":
        """Return where *landmark* should be, visible or not."""
        role: Any = landmark.role
        start = self.page if within is None else within
        if not landmark.name:
            return start.get_by_role(role)
        return any_of([start.get_by_role(role, name=name, exact=True) for name in landmark.name])

    def press(self, control: "Locator") -> None:
        """Press *control*, after what covers it is put away; raises Playwright's TimeoutError."""
        overlays.press(control, self.patience)

    def wait(self, place: "Locator", expected: str, unless: Sign = never) -> None:
        """
        Wait until *place* is visible; raises Unmet with what the page shows instead.

        A page that is broken, or for which *unless* becomes true, is not waited for to the end.
        """
        from playwright.sync_api import TimeoutError as TookTooLong  # imported by the time there is a page

        began, idle_since = monotonic(), monotonic()
        while True:
            timeout = min(self.patience.milliseconds(), _SLICE_MS)
            try:
                # Not `expect`: its timeout does not hold on a page whose script never returns.
                place.wait_for(state="visible", timeout=timeout)
            except TookTooLong:
                self._stay_alive()
                overlays.dismiss_modal(self.page)
                now = monotonic()
                idle_since = now if self.watch.pending else idle_since
                self.patience.blame_budget()
                hopeless = now - idle_since >= HOPELESS_S and self._is_broken()
                if now - began >= self.patience.timeout_s or hopeless or unless():
                    raise Unmet(expected, self.describe()) from None
            else:
                return

    def gone(self, place: "Locator", expected: str) -> None:
        """Wait until *place* is no longer visible; raises Unmet."""
        from playwright.sync_api import TimeoutError as TookTooLong  # imported by the time there is a page

        try:
            place.wait_for(state="hidden", timeout=self.patience.milliseconds())
        except TookTooLong:
            self._stay_alive()
            self.patience.blame_budget()
            raise Unmet(expected, self.describe()) from None

    def text(self) -> str:
        """Return what a person can read on the page."""
        return self.page.locator("body").inner_text(timeout=self.patience.milliseconds())

    def settle(self) -> None:
        """
        Wait until the requests under way to our services have ended, within `SETTLE_S`.

        This is no wait for an idle network: what third parties do does not matter, nor what begins later. What has not
        even begun to answer by then is noted.
        """
        deadline_ms = self.patience.milliseconds(SETTLE_S)
        waited = 0.0
        while self.watch.pending and waited < deadline_ms:
            # Playwright's events arrive only while one of its calls waits; this is the one that waits for nothing else.
            self.page.wait_for_timeout(_POLL_MS)
            waited += _POLL_MS
        unanswered = sorted(f"{one.method} {shown(one.url)}" for one in self.watch.unanswered)
        notes = dict.fromkeys(f"{one} had not answered after {deadline_ms / 1000:.2g} s" for one in unanswered)
        self.noted.extend(one for one in notes if one not in self.noted)

    def describe(self) -> str:
        """Say in a few words what the page shows."""
        from playwright.sync_api import Error  # imported by the time there is a page

        try:
            path = urlsplit(self.page.url).path or "/"
            text = re.sub(r"\s+", " ", self.page.locator("body").inner_text(timeout=_DESCRIBE_MS)).strip()
            title = self.page.title()
        except Error:
            return UNRESPONSIVE
        phrase = error_page(text, title)
        if phrase:
            return f"{ERROR_PAGE} at {path}: {phrase!r}"
        if not text:
            return f"a blank page at {path}"
        if path == self.environment.browser.login.path:
            return f"the login page ({path}): {text[:_EXCERPT]!r}"
        return f"at {path}: {text[:_EXCERPT]!r}"

    def _tell_crash(self) -> None:
        """Raise BrowserDied when a page that was aborted has crashed: the news of it may come a little later."""
        from playwright.sync_api import TimeoutError as TookTooLong  # imported by the time there is a page

        with suppress(TookTooLong):
            if not any(one.kind is Kind.CRASH for one in self.watch.events):
                self.page.wait_for_event("crash", timeout=_CRASH_MS)
                raise BrowserDied("the page crashed while the journey was made")
        self._stay_alive()

    def _stay_alive(self) -> None:
        """Raise BrowserDied when the page is gone, which looks as if it had not shown something."""
        if self.page.is_closed() or any(one.kind is Kind.CRASH for one in self.watch.events):
            raise BrowserDied("the page was closed or crashed while the journey was made")

    def _is_broken(self) -> bool:
        """Tell whether the page has already shown a fault, so that waiting on would only cost time."""
        if appraise(self.watch.events, survived=False).faults:
            return True
        return self.describe().startswith(ERROR_PAGE) or self._is_sent_to_log_in()

    def _is_sent_to_log_in(self) -> bool:
        login = self.environment.browser.login.path
        return urlsplit(self.page.url).path == login != self.asked

    def _stay_at_home(self) -> None:
        """Refuse to go on at a host that is neither ours nor allowed: a wall, or a wrong address."""
        if self.hosts.party(self.page.url) in {Party.UNKNOWN, Party.PRIVATE}:
            host = urlsplit(self.page.url).netloc
            raise Unmet("a page of the environment", f"a redirect to {host}", {"redirected_to": host})


def named(landmark: Landmark) -> str:
    """Return *landmark* in words: `the heading 'Invoices'`."""
    return f"the {landmark.role} {either(landmark.name)}" if landmark.name else f"a {landmark.role}"


def either(names: Sequence[str]) -> str:
    """Return `'Sign in' or 'Log in'`."""
    return " or ".join(repr(name) for name in names)


def any_of(places: "Sequence[Locator]") -> "Locator":
    """Return where any of *places* is."""
    return reduce(lambda one, other: one.or_(other), places)
