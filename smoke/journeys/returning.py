"""
A visitor from before the deploy comes back: what the browser kept must not lock anybody out.

Before the deploy a visit with an empty profile is made and the profile recorded: service workers, caches, storages.
Afterwards the same pages are opened with it. A page that fails at first and works after it was loaded anew is what
every deploy may do to an open tab, and noted; a page that stays broken locks people out. Since browsers drop cached
files whenever they like, but not workers, a page that a worker answers for is opened once more without the cache.

Of a tab that was open during the deploy a profile keeps nothing. What can be seen of it is whether the scripts are
still there that its build would load later; that loading it anew helps, the visit shows.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from smoke.browser import workers
from smoke.browser.appraisal import appraise
from smoke.browser.visit import Unmet, Visit
from smoke.environment.journeys import Journey
from smoke.environment.returning import pages_of
from smoke.journeys.judging import judge
from smoke.journeys.looking import Part, look
from smoke.journeys.page import look_at_page, see_page
from smoke.journeys.roles import RoleSession
from smoke.journeys.rounds import Result, located, look_until_clear, result
from smoke.journeys.world import JourneyWorld
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome

PROMISE = "pages open for a visitor from before the deploy"
WAIVED = {"waived": "no baseline"}
NO_PROFILE = "no profile from before the deploy: run `smoke prime` first"
TOO_LARGE = "what the pages keep in a browser is too much to be recorded"
LOST = "the browser did not start the service worker that the profile was recorded with"

WORKER, CACHE = "unregister service worker", "roll forward"
"""What helps where a rollback does not reach what browsers keep (see `smoke.verdict.advice`)."""

MOST_SCRIPTS = 40
_QUIET_S = 2.0
_BEGIN_S = 10.0
_LATE_S = 5.0
_GONE = """(urls) => Promise.all(urls.map((url) => fetch(url, {method: "HEAD", cache: "no-store"}).then(
    (answer) => [404, 410].includes(answer.status) || /html/.test(answer.headers.get("content-type")) ? url : null,
    () => null)))
    .then((all) => all.filter(Boolean))"""


def come_back(journey: Journey, world: JourneyWorld, made: RoleSession | None) -> Result:
    """Make the visit and judge it; before the deploy, make the first one and keep its profile."""
    resident = world.browser.resident
    if resident is None or (resident.archive is None and world.profile is None):
        return Result(Judgement(Outcome.SKIPPED, NO_PROFILE, facts=WAIVED))
    pages = pages_of(world.environment, journey)
    if world.profile is not None:
        return _first_visit(world, pages, made)
    return _return(journey, world, pages, made)


def _first_visit(world: JourneyWorld, pages: Sequence[Journey], made: RoleSession | None) -> Result:
    visit: dict[str, Any] = {}

    def act(visited: Visit) -> None:
        workers.listen(visited.context)
        begun: list[str] = []
        for page in pages:
            look_at_page(visited, page)
            begun += _await_workers(visited, page, last=page is pages[-1] and not begun)
        scripts = list(visited.watch.code)[:MOST_SCRIPTS]
        visit.update(cookies=visited.context.cookies(), scripts=scripts, workers=begun)

    looks = look_until_clear(world, lambda number: _part(world, made, act, number), PROMISE)
    judgement = judge(looks, PROMISE, last=True)
    if judgement.outcome is Outcome.PASSED and world.profile is not None and world.browser.resident is not None:
        world.browser.replace()  # a profile is complete when its browser has ended
        if not world.browser.resident.keep(world.profile, visit):
            judgement = replace(judgement, facts={**judgement.facts, "noted": TOO_LARGE})
    return result(judgement, looks)


def _return(journey: Journey, world: JourneyWorld, pages: Sequence[Journey], made: RoleSession | None) -> Result:
    def act(visit: Visit) -> None:
        workers.listen(visit.context)
        before = world.browser.resident.visit if world.browser.resident else {}
        _see(visit, pages[0], before.get("workers", ()))
        for page in pages[1:]:
            _see(visit, page)
        if workers.is_controlled(visit.page):
            _forget_cache(visit)
            _see(visit, pages[0])
        _note_lost_scripts(visit, before)

    looks = look_until_clear(world, lambda number: _part(world, made, act, number), PROMISE)
    if world.browser.resident is not None and world.browser.resident.damaged:
        return Result(Judgement(Outcome.UNDECIDED, world.browser.resident.damaged, Cause.SUITE))
    judgement = judge(looks, PROMISE, last=True)
    if judgement.facts.get("lost"):
        return Result(Judgement(Outcome.UNDECIDED, judgement.found, Cause.SUITE))
    if judgement.outcome is Outcome.FAILED:
        judgement = _unless_everybody(world, judgement, pages, made)
    return result(located(judgement, world, journey.service), looks)


def _part(world: JourneyWorld, made: RoleSession | None, act: Callable[[Visit], None], number: int) -> Part:
    if number > 1:
        world.browser.replace()  # a visit changes the profile, so another one begins with another copy
    return Part(f"returning-{number}", act, session=made.session if made else None, resident=True)


def _see(visit: Visit, page: Journey, scopes: Sequence[str] = ()) -> None:
    """
    See the page, at the latest when it was loaded anew; raises Unmet for a page that stays broken.

    *scopes* is where workers of the profile answer: one that does not come to its work was lost by the browser.
    """
    first = _trouble(visit, lambda: _arrive(visit, page, scopes), page)
    if first is None:
        return
    if first.facts.get("lost"):
        raise first
    visit.watch.events.clear()
    second = _trouble(visit, visit.reload, page)
    if second is None:
        visit.noted.append(f"{page.path} fails at first ({first.found}), and works when it is loaded anew")
        return
    pinned = workers.is_controlled(visit.page)
    whose = "the old page of a service worker: " if pinned else ""
    visit.watch.events.clear()
    raise Unmet(
        f"{page.path} to work for a returning visitor, at least when it is loaded anew",
        f"{whose}{second.found}",
        {**second.facts, "page": page.name, "remedy": WORKER if pinned else CACHE},
    )


def _arrive(visit: Visit, page: Journey, scopes: Sequence[str]) -> None:
    visit.go(page.service, page.path)
    if any(visit.page.url.startswith(one) for one in scopes) and workers.was_controlled(visit.page) is False:
        raise Unmet("the service worker of the recorded profile at work", LOST, {"lost": True})


def _trouble(visit: Visit, arrive: Callable[[], None], page: Journey) -> Unmet | None:
    """Return what is wrong with the page that *arrive* opens."""
    unmet: Unmet | None = None
    try:
        arrive()
        see_page(visit, page)
    except Unmet as one:
        unmet = one
    faults = appraise(visit.watch.events, survived=unmet is None).faults
    if not faults:
        return unmet
    if unmet is None:
        return Unmet("no fault of the page", faults[0].text)
    return Unmet(unmet.expected, f"{unmet.found}: {faults[0].text}", unmet.facts)


def _unless_everybody(
    world: JourneyWorld, judgement: Judgement, pages: Sequence[Journey], made: RoleSession | None
) -> Judgement:
    """Take the blame from what the browser kept if a visitor with a fresh profile meets the same."""
    name = judgement.facts.get("page")
    page = next((one for one in pages if one.name == name), None)
    if page is None:
        return judgement
    part = Part("returning-fresh", lambda visit: look_at_page(visit, page), session=made.session if made else None)
    fresh = look(world, part)
    if not fresh.obstacle and judge([fresh], "", last=False).outcome is Outcome.PASSED:
        return judgement
    said = f"not told apart: new visitors do not see {page.path} either ({judgement.found})"
    return Judgement(Outcome.UNDECIDED, said, Cause.SUITE, facts={"blocked_by": f"journey/{page.name}"})


def _await_workers(visit: Visit, page: Journey, *, last: bool) -> Sequence[str]:
    """Let workers that the page registers come to their work, and return where they answer."""
    from playwright.sync_api import TimeoutError as TookTooLong

    with suppress(TookTooLong):
        visit.page.wait_for_load_state("load", timeout=visit.patience.milliseconds())
        # Many load the code that registers a worker when everything else is there.
        visit.page.wait_for_load_state("networkidle", timeout=visit.patience.milliseconds(_QUIET_S))
    visit.watch.resting = True  # what we ask ourselves is not the page's doing
    most_s = min(_BEGIN_S, visit.patience.remaining_s())
    scopes = workers.begun(visit.page, most_s, _LATE_S if last else 0)
    visit.watch.resting = False
    if scopes is None:
        visit.noted.append(f"a service worker of {page.path} did not begin its work: it is not in the profile")
    return scopes or ()


def _forget_cache(visit: Visit) -> None:
    visit.context.new_cdp_session(visit.page).send("Network.clearBrowserCache")


def _note_lost_scripts(visit: Visit, before: Mapping[str, Any]) -> None:
    """Note what an open tab would miss; a page may forbid to ask, then nothing is said."""
    from playwright.sync_api import Error  # imported by the time there is a page

    here = urlsplit(visit.page.url)[:2]
    scripts = [one for one in before.get("scripts", ()) if urlsplit(one)[:2] == here and one not in visit.watch.code]
    visit.watch.resting = True  # what we ask ourselves is not the page's doing
    with suppress(Error):
        gone = visit.page.evaluate(_GONE, scripts) if scripts else []
        if gone:
            visit.noted.append(
                f"a tab that is open since before the deploy misses {len(gone)} of its files, such as "
                f"{urlsplit(gone[0]).path}, until it is loaded anew"
            )
