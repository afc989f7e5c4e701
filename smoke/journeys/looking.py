"""Set a fresh, guarded and watched browser context up for one look, and take it down again."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from smoke import __version__
from smoke.browser.credentials import Credentials
from smoke.browser.deadline import Hanging, limited
from smoke.browser.death import BrowserDied
from smoke.browser.events import Kind
from smoke.browser.failures import plain
from smoke.browser.guard import Guard, Policy
from smoke.browser.patience import TOO_LATE, OutOfBudget, Patience
from smoke.browser.visit import Unmet, Visit
from smoke.browser.watch import Watch
from smoke.browser.wording import lateness
from smoke.http.guard import AllowedWrite
from smoke.journeys.judging import is_good
from smoke.journeys.look import Look
from smoke.journeys.world import JourneyWorld
from smoke.verdict.words import Cause

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

_CONSENT = re.compile(r"cookie|consent|privacy", re.IGNORECASE)
_DISMISS = re.compile(
    r"^(reject|decline|refuse|deny|only necessary|necessary only|accept|agree|allow|ok|got it|close)\b", re.IGNORECASE
)
_BANNERS = "[role=dialog], [role=alertdialog], [id*=cookie i], [class*=cookie i], [id*=consent i], [class*=consent i]"
_BANNERS_AT_MOST = 6
_DISMISS_MS = 1000.0
_LOST = "browser_lost"
_MOST_STEPS = 8
_CLOSING_S = 5.0
_GRACE_S = 0.5
_LOG_IN = """((stored) => {
    if (sessionStorage.getItem("smokegate")) return;
    sessionStorage.setItem("smokegate", "logged in");
    for (const { name, value } of stored[origin] ?? []) localStorage.setItem(name, value);
})(%s)"""
_RESTORE = """((stored) => {
    for (const [key, value] of stored[origin] ?? []) sessionStorage.getItem(key) ?? sessionStorage.setItem(key, value);
})(%s)"""


@dataclass(frozen=True, slots=True)
class Part:
    """
    What one look does: *act* makes the steps and raises Unmet; *name* names its evidence.

    *session* is what `session_of` returned for the role, *writes* what may be sent, *credentials* what is typed into a
    login form. *traced* asks for a trace, which a look that types credentials must not have. A *resident* look is made
    by the visitor whose profile lies on disk.
    """

    name: str
    act: Callable[[Visit], None]
    writes: tuple[AllowedWrite, ...] = ()
    session: Mapping[str, Any] | None = None
    credentials: Credentials | None = None
    traced: bool = False
    resident: bool = False


def look(world: JourneyWorld, part: Part) -> Look:
    """Look once; a browser that dies meanwhile is replaced, and the look is made anew, once."""
    first = _attempt(world, part)
    if not first.facts.get(_LOST):
        return first
    world.browser.replace()
    second = _attempt(world, part)
    if second.facts.get(_LOST):
        world.browser.replace()
        return second
    return replace(second, noted=(*second.noted, f"made with a new browser, since {_message(first)}"))


def _attempt(world: JourneyWorld, part: Part) -> Look:
    try:
        browser, guard = world.browser.open()
        # Steps keep within the budget by themselves; this is for calls that have no timeout.
        with limited(min(world.remaining_s() + _GRACE_S, _MOST_STEPS * world.environment.browser.timeout_s), browser):
            return _in_context(world, part, guard)
    except (BrowserDied, Hanging) as lost:
        if world.remaining_s() < _GRACE_S:
            return Look(obstacle=(TOO_LATE, Cause.SUITE.value))
        alone = world.browser.is_alive() or not world.browser.started
        return _lost(str(lost) if alone else "the browser died while the journey was made", Cause.RUNNER)


def _in_context(world: JourneyWorld, part: Part, guard: Guard) -> Look:
    from playwright.sync_api import Error  # imported by the time there is a browser

    context: BrowserContext | None = None
    try:
        context = _resident(world, part, guard) if part.resident else _context(world, part, guard)
        watch = Watch(context, world.hosts)
        guard.policy = Policy(world.hosts, part.writes, watch.add, part.credentials, world.carry)
        seen = _act(world, part, context, watch)
        if is_good(seen) or seen.facts.get(_LOST):
            return seen
        return replace(seen, evidence=world.evidence.keep(context, part.name, traced=part.traced))
    except Error as error:
        step = plain(str(error).split("\n", maxsplit=1)[0])
        if world.browser.is_alive():
            return _lost(f"the browser did not carry a step out ({step})", Cause.SUITE)
        return _lost("the browser died while the journey was made", Cause.RUNNER)
    finally:
        guard.policy, guard.name = None, None
        _close(None if part.resident else context)


def _lost(message: str, cause: Cause) -> Look:
    return Look(obstacle=(message, cause.value), facts={_LOST: True})


def _message(one: Look) -> str:
    return one.obstacle[0] if one.obstacle else ""


def _act(world: JourneyWorld, part: Part, context: "BrowserContext", watch: Watch) -> Look:
    from playwright.sync_api import Error  # imported by the time there is a browser
    from playwright.sync_api import TimeoutError as TookTooLong

    page = context.pages[-1] if part.resident and context.pages else context.new_page()
    patience = Patience(world.environment.browser.timeout_s, world.remaining_s)
    visit = Visit(world.environment, world.hosts, context, page, watch, patience)
    seen = Look()
    try:
        _dismiss_banners(page)
        part.act(visit)
    except Unmet as unmet:
        seen = Look(expected=unmet.expected, found=unmet.found, facts=unmet.facts)
    except OutOfBudget as ended:
        seen = Look(obstacle=(str(ended), Cause.SUITE.value))
    except TookTooLong as late:
        seen = _late(patience, visit, late)
    except (Error, BrowserDied):
        if not any(one.kind is Kind.CRASH for one in watch.events):
            raise
    if any(one.kind is Kind.CRASH for one in watch.events):
        seen = _lost("the page's process crashed", Cause.RUNNER)
    redact = world.redactor.redact
    events = tuple(replace(one, what=redact(one.what), url=redact(one.url)) for one in watch.events)
    return replace(
        seen,
        expected=redact(seen.expected),
        found=redact(seen.found),
        events=events,
        requests=watch.requests,
        noted=tuple(redact(one) for one in visit.noted),
    )


def _late(patience: Patience, visit: Visit, late: Exception) -> Look:
    try:
        patience.blame_budget()
    except OutOfBudget as ended:
        return Look(obstacle=(str(ended), Cause.SUITE.value))
    return Look(expected="the page to respond", found=f"{plain(lateness(str(late)))} ({visit.describe()})")


def _context(world: JourneyWorld, part: Part, guard: Guard) -> "BrowserContext":
    browser, _ = world.browser.open()
    width, height = world.environment.browser.viewport
    session = part.session or {}
    context = browser.new_context(
        viewport={"width": width, "height": height},
        service_workers="block",
        accept_downloads=False,
        # A header of our own would make every call to the API need a preflight, which users' calls do not.
        user_agent=_name(world, guard),
        storage_state=session.get("state"),
    )
    _restore_tab(context, part)
    if part.traced:
        world.evidence.record(context)
    return context


def _restore_tab(context: "BrowserContext", part: Part) -> None:
    """Give every page what a tab keeps for itself, where some sites keep the session."""
    kept = (part.session or {}).get("session_storage")
    if kept:
        context.add_init_script(_RESTORE % json.dumps(kept))


def _name(world: JourneyWorld, guard: Guard) -> str:
    return f"{guard.user_agent} Smokegate/{__version__} (post-deploy verification; run {world.run_id})"


def _resident(world: JourneyWorld, part: Part, guard: Guard) -> "BrowserContext":
    """Return the context of the visitor who stays, logged in."""
    context = world.browser.resident_context
    resident = world.browser.resident
    if context is None or resident is None:
        raise BrowserDied("the browser did not start with the profile of the returning visitor")
    guard.name = _name(world, guard)
    state = (part.session or {}).get("state", {})
    context.add_cookies([*resident.visit.get("cookies", ()), *state.get("cookies", ())])
    stored = {one["origin"]: one.get("localStorage", ()) for one in state.get("origins", ())}
    if stored:
        context.add_init_script(_LOG_IN % json.dumps(stored))
    _restore_tab(context, part)
    world.evidence.remember({"cookies": context.cookies()})
    return context


def _dismiss_banners(page: "Page") -> None:
    """
    Put consent banners away when they stand in the way of a step, as a person would.

    One that stays all the same is left there: what it really covers, pressing uncovers (`smoke.browser.overlays`).
    """
    banner = page.locator(_BANNERS).filter(has_text=_CONSENT)
    button = banner.get_by_role("button", name=_DISMISS).first
    page.add_locator_handler(button, _dismiss, no_wait_after=True, times=_BANNERS_AT_MOST)


def _dismiss(button: "Locator") -> None:
    from playwright.sync_api import Error  # imported by the time there is a page

    with suppress(Error):
        button.click(timeout=_DISMISS_MS, no_wait_after=True)


def _close(context: "BrowserContext | None") -> None:
    from playwright.sync_api import Error  # imported by the time there is a browser

    try:
        with limited(_CLOSING_S):
            if context is not None:
                context.close()
    except (Error, Hanging):
        # A context that died with its browser cannot be closed; whoever finds the browser dead replaces it.
        return
