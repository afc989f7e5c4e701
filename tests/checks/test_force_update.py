"""What the API demands of an app must be there to be had; an App Store that does not tell decides nothing."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smoke.checks.force_update import checks
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    Answer,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)
from tests.checks.unheard import UNHEARD, assert_undecided

CONFIG = "https://api.test/config"
STORE = "https://itunes.apple.com/lookup"


def serves(version: str | None) -> Exchange:
    """Return what the App Store serves, under the content type that it gives to JSON."""
    results = [] if version is None else [{"trackId": 1, "bundleId": "app.shop.ios", "version": version}]
    body = json_answer({"resultCount": len(results), "results": results}).body
    return answer(body, content_type="text/javascript; charset=utf-8")


def demands(minimum: Any = "1.2.0", **more: Any) -> Exchange:
    """Return the config call's answer."""
    return json_answer({"MIN_APP_VERSION_IOS": minimum, **more})


def judged(config: Answer, store: Answer, **more: Any) -> Judgement:
    """Judge what is demanded by what is served."""
    app = {
        "bundle_id": "app.shop.ios",
        "countries": ["no"],
        "path": "/config",
        "minimum": "MIN_APP_VERSION_IOS",
        "latest": "LATEST_APP_VERSION_IOS",
        "key": "client",
        **more.pop("app", {}),
    }
    keys = {"client": {"path": "/config", "header": "x-api-key", "current": {"env": "KEY"}}}
    described = environment_of(apps={"ios": app}, keys=keys)
    routes = {CONFIG: config, STORE: store}
    check = next(iter(checks(described, Release())))
    return concluded(check, world_of(routes, described, **{"secret": lambda _: "key-1", **more}))


def before(*minimum: str) -> Callable[[str], Before]:
    """Return a baseline in which these versions were demanded."""
    return lambda _: Before(Outcome.UNDECIDED, measured={"minimum": list(minimum)})


@pytest.mark.parametrize(
    ("minimum", "served"), [("1.2.0", "1.2.0"), ("1.2", "1.2.0"), ("1.9.0", "1.10.0"), ("1.2.0-rc.1", "1.2.0")]
)
def test_it_can_be_had(minimum: str, served: str) -> None:
    """A version that the App Store serves, or an older one, locks nobody out; versions are no decimals."""
    found = judged(demands(minimum), serves(served))

    assert found.outcome is Outcome.PASSED
    assert f"the App Store serves {served}" in found.message


@pytest.mark.parametrize("minimum", [None, "", "0.0.0"])
@pytest.mark.parametrize("store", [serves("1.0.0"), serves(None), failing()])
def test_off(minimum: str | None, store: Exchange) -> None:
    """Nothing demanded is right, whatever the App Store says."""
    assert judged(demands(minimum), store).outcome is Outcome.PASSED
    assert judged(json_answer({}), store).outcome is Outcome.PASSED


def test_everybody_is_locked_out() -> None:
    """A version that is not there yet fails the release."""
    found = judged(demands("1.3.0"), serves("1.2.0"))

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message.startswith('MIN_APP_VERSION_IOS is "1.3.0", above 1.2.0 in the App Store: all are locked out')


def test_one_replica_locks_out() -> None:
    """One replica of three that demands another version is found."""
    answers = in_turn(demands("1.2.0"), demands("1.3.0"), demands("1.2.0"))
    assert judged(answers, serves("1.2.0")).outcome is Outcome.FAILED


def test_what_was_demanded_before_is_preexisting() -> None:
    """A demand that did not change with the release is not its fault; one that did is."""
    assert judged(demands("1.3.0"), serves("1.2.0"), before=before("1.3.0")).cause is Cause.PREEXISTING
    assert judged(demands("1.3.0"), serves("1.2.0"), before=before("1.2.0")).cause is Cause.RELEASE


def test_the_oldest_storefront_counts() -> None:
    """A version that is not everywhere locks some out."""

    def store(request: Request) -> Exchange:
        return serves("1.2.0" if "country=no" in request.url else "1.3.0")

    found = judged(demands("1.3.0"), store, app={"countries": ["us", "no"]})
    assert found.outcome is Outcome.FAILED


def test_no_version_at_all() -> None:
    """A demand that no app can read fails."""
    assert judged(demands("latest"), serves("1.2.0")).outcome is Outcome.FAILED
    assert judged(demands({"ios": "1.0"}), serves("1.2.0")).outcome is Outcome.FAILED


def test_a_nudge_to_what_is_not_there() -> None:
    """Users who are nudged in vain are noted."""
    found = judged(demands("1.0.0", LATEST_APP_VERSION_IOS="1.3.0"), serves("1.2.0"))

    assert found.outcome is Outcome.PASSED
    assert 'nudged to "1.3.0", which is not there yet' in found.facts["noted"]


def test_what_is_asked() -> None:
    """The config call carries the client's key; the store's cache is passed by."""
    http = FakeHttp({CONFIG: demands(), STORE: serves("1.2.0")})
    judged(demands(), serves("1.2.0"), http=http)

    assert http.asked[0].headers["x-api-key"] == "key-1"
    asked = parse_qs(urlsplit(http.asked[-1].url).query)
    assert (asked["bundleId"], asked["country"], "t" in asked) == (["app.shop.ios"], ["no"], True)


@pytest.mark.parametrize(
    "config", [answer("", 500), html("<h1>Log in</h1>"), failing(), answer("{", 200), answer("", 401)]
)
def test_a_config_call_that_fails(config: Exchange) -> None:
    """What the API itself does not tell is the release's."""
    found = judged(config, serves("1.2.0"))
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)


@pytest.mark.parametrize(
    ("store", "cause", "said"),
    [
        *UNHEARD,
        (serves(None), Cause.SUITE, "does not serve app.shop.ios"),
        (serves("soon"), Cause.DEPENDENCY, "tells no version"),
        (json_answer({"resultCount": 1}), Cause.DEPENDENCY, "no results"),
        (json_answer({"results": [{"version": 3}]}), Cause.DEPENDENCY, "without version"),
    ],
)
def test_an_app_store_that_does_not_tell(store: Exchange, cause: Cause, said: str) -> None:
    """Whatever keeps the App Store from telling is never the release's fault, and never green."""
    assert_undecided(judged(demands("1.2.0"), store), cause, said)
