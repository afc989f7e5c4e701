"""Pages that a cache holds of the release before: waited for, and then told from replicas that stay behind."""

from collections.abc import Callable

import pytest

from smoke.checks.converge import checks
from smoke.checks.version import checks as version_checks
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import NEW, OLD, THIRD, FakeHttp, concluded, environment_of, html, world_of

RELEASE = Release(commit=NEW, previous=OLD)
FRESH = "smoke-fresh"
HIT = {"x-cache": "HIT", "age": "5400"}

Cache = Callable[[Request, float], Exchange]


def shell(commit: str, **headers: str) -> Exchange:
    """Return a page of the build of *commit*."""
    return html(f'<head><meta name="commit" content="{commit}"></head><body>x', headers=headers)


def environment() -> Environment:
    """Return a site with two pages, the first of which tells the commit."""
    web = {"url": "https://web.test", "replicas": 3, "release": {"path": "/", "meta": "commit"}}
    pages = [{"name": name, "path": path, "contains": ["x"]} for name, path in (("home", "/"), ("sign-in", "/login"))]
    converge = {"within_s": 12, "stuck_after_s": 6, "every_s": 0.3}
    return environment_of(services={"web": web}, pages=pages, converge=converge)


def watched(home: Cache, login: Cache | None = None) -> tuple[Judgement, FakeHttp]:
    """Conclude the check of the converge stage; *home* and *login* answer by the request and the time."""
    described = environment()
    world = world_of({}, described, RELEASE)
    http = world.http
    assert isinstance(http, FakeHttp)
    http.routes["https://web.test/"] = lambda request: home(request, http.clock.elapsed_s)
    http.routes["https://web.test/login"] = lambda request: (login or home)(request, http.clock.elapsed_s)
    (check,) = checks(described, RELEASE)
    return concluded(check, world), http


def held_until(end_s: float, commit: str = OLD) -> Cache:
    """Return a cache that holds a page of *commit* until *end_s*."""

    def answer(request: Request, now: float) -> Exchange:
        return shell(NEW) if FRESH in request.url or now >= end_s else shell(commit, **HIT)

    return answer


def fresh(_: Request, __: float) -> Exchange:
    """Answer as a replica of the new release."""
    return shell(NEW)


@pytest.mark.parametrize(
    ("home", "login"), [(held_until(1e9), fresh), (fresh, held_until(1e9)), (held_until(1e9),) * 2]
)
def test_a_page_that_stays_old_fails_in_the_end(home: Cache, login: Cache) -> None:
    """Whichever page it is: at the deadline visitors do not get the release, and a purge is what helps."""
    judgement, http = watched(home, login)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.facts["remedy"] == "purge"
    assert "a cache gives visitors the page of the previous commit 4e77d01" in judgement.message
    assert http.clock.elapsed_s >= 12


@pytest.mark.parametrize(("home", "login"), [(held_until(9), fresh), (fresh, held_until(9))])
def test_a_page_that_is_old_for_a_while_passes(home: Cache, login: Cache) -> None:
    """What a cache holds may take longer than a rollout may stand still."""
    judgement, http = watched(home, login)
    assert judgement.outcome is Outcome.PASSED
    assert http.clock.elapsed_s >= 9
    assert "remedy" not in judgement.facts


def test_a_page_of_a_much_older_release() -> None:
    """A page of a commit that is neither previous nor announced is old too, and no newer deploy."""
    judgement, _ = watched(held_until(1e9, THIRD), fresh)
    assert (judgement.outcome, judgement.facts["remedy"]) == (Outcome.FAILED, "purge")


def test_a_cache_that_does_not_say_so() -> None:
    """Without any header of a cache the comparison with a fresh query tells."""

    def silent(request: Request, _: float) -> Exchange:
        return shell(NEW if FRESH in request.url else OLD)

    judgement, _ = watched(silent)
    assert (judgement.outcome, judgement.facts["remedy"]) == (Outcome.FAILED, "purge")


def test_old_replicas_are_no_cache() -> None:
    """Where a fresh query shows the old page too, the release is not there, and no purge helps."""
    judgement, _ = watched(lambda _, __: shell(OLD))
    assert judgement.outcome is Outcome.FAILED
    assert judgement.facts.get("remedy") != "purge"


def test_further_pages_count_only_out_of_a_cache() -> None:
    """What replicas say on other pages is other checks' business: a page without the commit, an error."""
    assert watched(fresh, lambda _, __: html("no commit here"))[0].outcome is Outcome.PASSED
    assert watched(fresh, lambda _, __: html("gone", status=404))[0].outcome is Outcome.PASSED
    assert watched(fresh, lambda _, __: html("no commit", headers=HIT))[0].outcome is Outcome.PASSED


def test_pages_are_asked_for_as_by_a_browser() -> None:
    """Caches and servers answer by what browsers send."""
    _, http = watched(fresh)
    assert {one.headers["sec-fetch-dest"] for one in http.asked} == {"document"}
    assert all("text/html" in one.headers["accept"] and one.headers["accept-language"] for one in http.asked)


def test_a_page_that_is_old_again_fails_the_version() -> None:
    """After the rollout a cache that holds an old page is told as such."""
    described = environment()
    world = world_of({}, described, RELEASE)
    assert isinstance(world.http, FakeHttp)
    world.http.routes["https://web.test/"] = lambda request: held_until(1e9)(request, 0)
    world.http.routes["https://web.test/login"] = shell(NEW)
    (check,) = version_checks(described, RELEASE)
    judgement = concluded(check, world)
    assert (judgement.outcome, judgement.facts["remedy"]) == (Outcome.FAILED, "purge")
