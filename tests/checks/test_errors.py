"""New issues of the release count; old ones, minor ones and a Sentry that cannot be asked do not."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smoke.checks._census import Vote
from smoke.checks._memory import Memory
from smoke.checks.errors import checks
from smoke.environment import Environment
from smoke.errors import SecretMissing
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    NEW,
    Answer,
    FakeHttp,
    concluded,
    environment_of,
    json_answer,
    world_of,
)
from tests.checks.unheard import UNHEARD, assert_undecided

API = "https://us.sentry.io/api/0/organizations/acme"
RELEASE = Release(commit=NEW, version="1.4.0")
KNOWN = json_answer({"version": "cartly@1.4.0", "dateCreated": "2026-11-20T10:00:00Z", "newGroups": 0})
UNKNOWN = json_answer({"detail": "The requested resource does not exist"}, 404)


def issue(number: int = 1, **more: Any) -> dict[str, Any]:
    """Return an issue as Sentry lists it: its count is a text."""
    return {
        "id": str(number),
        "shortId": f"WEB-{number}",
        "title": "TypeError: x is undefined",
        "level": "error",
        "status": "unresolved",
        "substatus": "new",
        "count": "150",
        "userCount": 12,
        "firstSeen": "2026-11-20T10:05:00Z",
        "isUnhandled": True,
        **more,
    }


def environment(**keys: Any) -> Environment:
    """Return an environment whose errors Sentry collects."""
    errors = {"project": "cartly-web", "environment": "production", "release": "cartly@{version}", **keys}
    sentry = {"organization": "acme", "token": {"env": "SENTRY_TOKEN"}}
    return environment_of(monitoring={"sentry": sentry}, errors={"web": errors})


def judged(
    issues: Answer | list[dict[str, Any]],
    known: Answer = KNOWN,
    *,
    described: Environment | None = None,
    release: Release = RELEASE,
    check: str = "errors/web",
    **more: Any,
) -> Judgement:
    """Ask a Sentry that knows the release, and these issues of it."""
    listed = json_answer(issues) if isinstance(issues, list) else issues
    routes = {f"{API}/issues/": listed, f"{API}/releases/cartly%401.4.0/": known, f"{API}/sessions/": listed}
    described = described or environment()
    made = next(one for one in checks(described, release) if one.id == check)
    return concluded(made, world_of(routes, described, release, **{"secret": lambda _: "sntrys_1", **more}))


def test_no_new_issues() -> None:
    """A release that Sentry knows and that brought nothing passes, but vouches for nothing."""
    found = judged([])

    assert (found.outcome, found.message) == (Outcome.PASSED, "no new issues in cartly@1.4.0")
    assert found.facts["hearsay"] == "sentry"


def test_a_new_issue_is_the_releases_fault() -> None:
    """It is named, with its events and users; what was wrong before the deploy excuses nothing."""
    found = judged([issue(), issue(2, count="7", title="A\nB")])

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message == (
        "2 new issues in cartly@1.4.0: WEB-1 TypeError: x is undefined (150 events, 12 users); "
        "WEB-2 A B (7 events, 12 users)"
    )
    assert "signature" not in found.facts


@pytest.mark.parametrize(
    ("keys", "issues", "noted"),
    [
        ({"max_new": 1}, [issue()], ""),
        ({"min_events": 200}, [issue()], "1 new issue with fewer than 200 events"),
        ({}, [issue(level="warning")], "1 new issue below the levels fatal, error"),
        ({}, [issue(firstSeen="2026-11-01T00:00:00Z")], "1 new issue older than the release"),
    ],
)
def test_what_does_not_count(keys: dict[str, Any], issues: list[dict[str, Any]], noted: str) -> None:
    """Limits are the environment's; issues that existed before do not count, whatever the search returns."""
    found = judged(issues, described=environment(**keys))

    assert found.outcome is Outcome.PASSED
    assert noted in found.message


def test_what_is_asked() -> None:
    """The search names release, state, environment and project, with the token in its header."""
    http = FakeHttp({f"{API}/issues/": json_answer([]), f"{API}/releases/cartly%401.4.0/": KNOWN})
    judged([], http=http)

    asked = parse_qs(urlsplit(http.asked[-1].url).query)
    assert asked == {
        "query": ['firstRelease:"cartly@1.4.0" is:unresolved project:cartly-web'],
        "environment": ["production"],
        "statsPeriod": ["24h"],
        "limit": ["100"],
    }
    assert http.asked[-1].headers["Authorization"] == "Bearer sntrys_1"


def test_a_project_by_number_in_europe() -> None:
    """A project's number goes where Sentry expects numbers; the region is the environment's."""
    described = environment_of(
        monitoring={"sentry": {"url": "https://de.sentry.io/", "organization": "acme", "token": {"env": "T"}}},
        errors={"web": {"project": "4501"}},
    )
    http = FakeHttp({})
    judged([], described=described, http=http)

    assert http.asked[0].url == f"https://de.sentry.io/api/0/organizations/acme/releases/{NEW}/"
    assert parse_qs(urlsplit(http.asked[1].url).query)["project"] == ["4501"]


def test_every_page_is_read() -> None:
    """The cursor of the `Link` header leads to the next page; the issue that counts may lie there."""

    def page(request: Request) -> Exchange:
        second = "cursor=0%3A100%3A0" in request.url
        results = "false" if second else "true"
        link = (
            '<https://elsewhere.test/?&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", '
            f'<https://elsewhere.test/?&cursor=0:100:0>; rel="next"; results="{results}"; cursor="0:100:0"'
        )
        return json_answer([issue(2 if second else 1, level="error" if second else "info")], headers={"link": link})

    found = judged(page)

    assert found.message.startswith("1 new issue in cartly@1.4.0: WEB-2")


def test_endless_pages_are_bounded() -> None:
    """Whoever has more than enough new issues is not asked for ever."""
    endless = json_answer(
        [issue()], headers={"link": '<https://x.test/>; rel="next"; results="true"; cursor="0:100:0"'}
    )
    assert judged(endless).message.startswith("at least 3 new issues")


def test_an_unregistered_release_is_no_release_without_errors() -> None:
    """Sentry that does not know the release proves nothing; issues found nevertheless do."""
    found = judged([], UNKNOWN)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert found.message == "Sentry does not know the release cartly@1.4.0, which does not mean that it has no errors"
    assert "errors.web.release" in found.facts["decider"]
    assert judged([issue()], UNKNOWN).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("reply", "cause", "said"),
    [
        *UNHEARD,
        (json_answer({"detail": "x"}), Cause.DEPENDENCY, "no list of issues"),
        (json_answer([{"title": "no id"}]), Cause.DEPENDENCY, "no issues"),
        (json_answer({"detail": "Invalid token"}, 401), Cause.CREDENTIALS, "(Invalid token)"),
        (json_answer({"detail": "You do not have permission"}, 403), Cause.CREDENTIALS, "do not have permission"),
        (UNKNOWN, Cause.SUITE, "check the address"),
    ],
)
def test_a_sentry_that_cannot_be_asked(reply: Exchange, cause: Cause, said: str) -> None:
    """Whatever keeps Sentry from telling is never the release's fault, and never green."""
    assert_undecided(judged(reply), cause, said)


def test_what_an_unreadable_registration_leaves() -> None:
    """A token that may not read releases leaves the absence of issues unproven."""
    found = judged([], json_answer({"detail": "You do not have permission"}, 403))

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)


def test_no_token() -> None:
    """Without the token nothing is asked."""

    def missing(_reference: object) -> str:
        raise SecretMissing("the variable SENTRY_TOKEN is not set")

    found = judged([], secret=missing)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)


def test_a_release_without_a_version() -> None:
    """A name that cannot be made is told, with the remedy; the version that every replica tells will do."""
    found = judged([], release=Release(commit=NEW))
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert found.message == (
        "'cartly@{version}' cannot be completed: the release's version is not known, or is no name; "
        "announce it in the release manifest"
    )


def test_the_version_that_the_census_tells() -> None:
    """A version that was not announced is the one that every replica tells, as soon as it is known."""
    unannounced = Release(commit=NEW)
    memory = Memory()
    world = world_of({}, environment(), unannounced, secret=str, memory=memory)

    async def pause(_seconds: float) -> None:
        memory.census["bff"] = (Vote(commit=NEW, version="1.4.0"), Vote(commit=NEW, version="1.4.0"))

    http = FakeHttp({})
    check = next(iter(checks(environment(), unannounced)))
    concluded(check, replace(world, http=http, pause=pause))
    assert http.asked[0].url == f"{API}/releases/cartly%401.4.0/"


def test_a_short_commit_is_completed() -> None:
    """The commit that is live is the longer name of the one that was announced."""
    described = environment(release="web-{commit}-{short}")
    http = FakeHttp({})
    settled = Memory(settled={"bff": {"commits": {NEW: 12}}})
    judged([], described=described, release=Release(commit=NEW[:7]), http=http, memory=settled)

    assert http.asked[0].url == f"{API}/releases/web-{NEW}-{NEW[:7]}/"


def test_it_is_asked_late() -> None:
    """What happens takes a while to get to Sentry: it is asked after the soak, within the budget."""
    described = environment_of(
        soak={"lasts_s": 30},
        monitoring={"sentry": {"organization": "acme", "token": {"env": "T"}}},
        errors={"web": {"project": "web", "release": "cartly@{version}"}},
    )
    world = world_of({}, described, RELEASE)
    concluded(next(iter(checks(described, RELEASE))), world)

    assert world.now() - world_of({}).now() == 30


def test_nobody_waits_for_sentry_when_the_release_is_condemned() -> None:
    """What other checks have proved is not waited with."""
    described = environment_of(
        monitoring={"after_s": 30, "sentry": {"organization": "acme", "token": {"env": "T"}}},
        errors={"web": {"project": "web", "release": "cartly@{version}"}},
    )
    world = world_of({}, described, RELEASE)
    guilty = replace(world, condemned=lambda: world.now() - world_of({}).now() >= 3)
    concluded(next(iter(checks(described, RELEASE))), guilty)

    assert world.now() - world_of({}).now() == 3


@pytest.mark.parametrize(
    ("share", "outcome", "cause"),
    [
        (0.999, Outcome.PASSED, None),
        (0.9, Outcome.FAILED, Cause.RELEASE),
        (None, Outcome.UNDECIDED, Cause.SUITE),
    ],
)
def test_crash_free_sessions(share: float | None, outcome: Outcome, cause: Cause | None) -> None:
    """The share of sessions without a crash has a limit; without sessions nothing is known."""
    told = json_answer({"groups": [{"by": {}, "totals": {"crash_free_rate(session)": share}}]})
    found = judged(told, described=environment(crash_free_at_least=0.99), check="crash-free/web")

    assert (found.outcome, found.cause) == (outcome, cause)


def test_without_sentry() -> None:
    """Nothing is asked where nothing is described."""
    assert not list(checks(environment_of(), Release()))
