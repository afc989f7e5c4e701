"""Metrics are held against their limits, and against what they were before the deploy."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smoke.checks.metrics import MetricCheck, checks
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    NEW,
    NOW,
    Answer,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    json_answer,
    world_of,
)
from tests.checks.unheard import UNHEARD, assert_undecided

API = "https://prometheus.test/api/v1/query"
RELEASE = Release(commit=NEW, deployed_at=NOW - 180)
RATE = 'sum(rate(http_requests_total{job="api",code=~"5.."}[{window}])) / sum(rate(http_requests_total[{window}]))'


def vector(*values: str, labels: tuple[dict[str, str], ...] = (), **more: Any) -> Exchange:
    """Return an answer with these values, which are texts."""
    metrics = labels or tuple({"pod": f"api-{place}"} if len(values) > 1 else {} for place in range(len(values)))
    result = [{"metric": metric, "value": [NOW, value]} for metric, value in zip(metrics, values, strict=True)]
    return json_answer({"status": "success", "data": {"resultType": "vector", "result": result}, **more})


def check(**keys: Any) -> MetricCheck:
    """Return the check of an error rate of at most one percent."""
    metric = {"query": RATE, "at_most": 0.01, **keys}
    described = environment_of(
        monitoring={"after_s": 0, "prometheus": {"url": "https://prometheus.test", "token": {"env": "T"}}},
        metrics={"error-rate": metric},
    )
    return next(iter(one for one in checks(described, RELEASE) if isinstance(one, MetricCheck)))


def by_time(now: Exchange, then: Exchange) -> Answer:
    """Answer as of now, or as of the start of the deploy."""
    return lambda request: then if "&time=" in request.url else now


def judged(now: Answer, then: Exchange | None = None, release: Release = RELEASE, **keys: Any) -> Judgement:
    """Judge what Prometheus says now, and of before."""
    more = {key: keys.pop(key) for key in ("before", "http") if key in keys}
    routes = {API: by_time(now, then or vector("0.001")) if isinstance(now, Exchange) else now}
    return concluded(check(**keys), world_of(routes, release=release, secret=lambda _: "token-1", **more))


@pytest.mark.parametrize("value", ["0.004", "0.01", "0", "1e-3"])
def test_within_the_limits(value: str) -> None:
    """A value that is at most the limit passes."""
    found = judged(vector(value))

    assert (found.outcome, found.expected) == (Outcome.PASSED, "at most 0.01")
    assert found.facts["hearsay"] == "prometheus"


@pytest.mark.parametrize(("value", "shown"), [("0.031", "0.031"), ("+Inf", "inf")])
def test_beyond_the_limits(value: str, shown: str) -> None:
    """More than the limit is the release's fault if it was less before."""
    found = judged(vector(value))

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message == f"{shown}, expected at most 0.01; before the deploy 0.001"


def test_each_series_is_judged() -> None:
    """One pod of three over the limit fails, and is named."""
    found = judged(vector("0.5", "0.95", "0.6"), vector("0.5", "0.5", "0.5"), at_most=0.85)

    assert found.message == '0.95 at {pod="api-1"}, expected at most 0.85; before the deploy 0.5'


def test_what_was_so_before_is_preexisting() -> None:
    """A rate as high before the deploy is not the release's, but one that is worse is."""
    assert judged(vector("0.05"), vector("0.05")).cause is Cause.PREEXISTING
    assert judged(vector("0.09"), vector("0.05")).cause is Cause.RELEASE
    assert judged(vector("3"), vector("2.9"), at_most=None, at_least=10).cause is Cause.PREEXISTING
    assert judged(vector("1"), vector("8"), at_most=None, at_least=10).cause is Cause.RELEASE


def test_new_pods_are_compared_with_the_worst_of_the_old_ones() -> None:
    """Labels change with a deploy: what was over the limit everywhere before is no news."""
    then = vector("0.9", "0.95", labels=({"pod": "old-1"}, {"pod": "old-2"}))
    assert judged(vector("0.93", "0.5"), then, at_most=0.85).cause is Cause.PREEXISTING


def test_the_baseline_is_compared_where_the_start_of_the_deploy_is_unknown() -> None:
    """Without a moment to ask about, what was recorded before counts."""
    known = Before(Outcome.FAILED, measured={"series": {"{}": "0.05"}})

    found = judged(vector("0.05"), release=Release(commit=NEW), before=lambda _: known)
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.PREEXISTING)
    assert judged(vector("0.05"), release=Release(commit=NEW)).cause is Cause.RELEASE


@pytest.mark.parametrize("now", [vector(), vector("NaN")])
@pytest.mark.parametrize(
    ("empty", "outcome"),
    [("undecided", Outcome.UNDECIDED), ("passes", Outcome.PASSED), ("fails", Outcome.FAILED)],
)
def test_no_data(now: Exchange, empty: str, outcome: Outcome) -> None:
    """An empty vector, and a ratio over nothing, are no zero: they decide nothing unless the environment says so."""
    found = judged(now, empty=empty)

    assert found.outcome is outcome
    assert "no data" in found.message


def test_a_pod_without_traffic_is_no_pod_at_fault() -> None:
    """NaN beside real values is left out."""
    assert judged(vector("NaN", "0.001")).outcome is Outcome.PASSED


def test_too_little_to_judge() -> None:
    """One error of eight requests is no error rate; the environment says how many it takes."""

    def volume(request: Request) -> Exchange:
        return vector("8" if "increase" in request.url else "0.125")

    found = judged(volume, volume="sum(increase(http_requests_total[{window}]))", min_volume=100)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert found.message == "drawn from 8 only, at least 100 are needed to judge it"


def test_a_scalar() -> None:
    """A scalar is a value like any other."""
    scalar = json_answer({"status": "success", "data": {"resultType": "scalar", "result": [NOW, "0.5"]}})
    assert judged(scalar).outcome is Outcome.FAILED


def test_what_is_asked() -> None:
    """The window reaches back to the deploy, and the same length is asked about before it; braces stay as they are."""
    http = FakeHttp({API: vector("0.001")})
    judged(vector("0.001"), http=http)
    now, then = (parse_qs(urlsplit(one.url).query) for one in http.asked)

    assert now == {"query": [RATE.replace("{window}", "180s")]}
    assert then == {**now, "time": [f"{NOW - 180:.3f}"]}
    assert http.asked[0].headers["Authorization"] == "Bearer token-1"


@pytest.mark.parametrize(
    ("deployed_at", "window"), [(NOW - 5, "60s"), (NOW - 86_400, "3600s"), (None, "300s"), (NOW + 60, "300s")]
)
def test_the_window_is_bounded(deployed_at: float | None, window: str) -> None:
    """A rate needs a few samples, and an old deploy is not averaged over a day."""
    http = FakeHttp({API: vector("0.001")})
    judged(vector("0.001"), release=Release(commit=NEW, deployed_at=deployed_at), http=http)

    assert f"%5B{window}%5D" in http.asked[0].url


def test_warnings_are_told() -> None:
    """What Prometheus warns of is noted."""
    found = judged(vector("0.001", warnings=["PromQL warning: two points in one\nnanosecond"]))

    assert found.facts["noted"] == "Prometheus warns: PromQL warning: two points in one nanosecond"


def error(status: int, kind: str) -> Exchange:
    """Return an error in Prometheus's own words."""
    return json_answer({"status": "error", "errorType": kind, "error": "1:4: parse error"}, status)


@pytest.mark.parametrize(
    ("reply", "cause", "said"),
    [
        *UNHEARD,
        (error(400, "bad_data"), Cause.SUITE, "cannot carry out the query (bad_data): 1:4: parse error"),
        (error(422, "execution"), Cause.SUITE, "correct it in the environment file"),
        (error(503, "timeout"), Cause.DEPENDENCY, "did not carry out the query (timeout)"),
        (error(200, "internal"), Cause.DEPENDENCY, "did not carry out"),
        (json_answer({"status": "ok"}), Cause.DEPENDENCY, "nothing that it says itself"),
        (json_answer({"status": "success"}), Cause.DEPENDENCY, "no data"),
        (
            json_answer({"status": "success", "data": {"resultType": "vector", "result": {}}}),
            Cause.DEPENDENCY,
            "no vector",
        ),
        (
            json_answer(
                {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, 0.5]}]}}
            ),
            Cause.DEPENDENCY,
            "series without a value",
        ),
        (json_answer({"status": "success", "data": {"resultType": "matrix", "result": []}}), Cause.SUITE, "a matrix"),
    ],
)
def test_a_prometheus_that_cannot_be_asked(reply: Exchange, cause: Cause, said: str) -> None:
    """Whatever keeps Prometheus from telling is never the release's fault, and never green."""
    assert_undecided(judged(reply), cause, said)


def test_a_history_that_cannot_be_read_excuses_nothing() -> None:
    """The value of now counts although the one of before is not told."""
    assert judged(vector("0.5"), answer("", 503)).cause is Cause.RELEASE


def test_basic_authentication_and_tenant() -> None:
    """Where a password and a tenant are wanted, they are sent."""
    described = environment_of(
        monitoring={
            "prometheus": {
                "url": "https://prometheus.test",
                "user": {"env": "U"},
                "password": {"env": "P"},
                "tenant": "shop",
            }
        },
        metrics={"m": {"query": "up", "at_least": 1}},
    )
    http = FakeHttp({API: vector("1")})
    concluded(next(iter(checks(described, RELEASE))), world_of({}, http=http, secret=lambda one: one.env.lower()))

    assert http.asked[0].headers == {
        "Accept": "application/json",
        "Authorization": "Basic dTpw",
        "X-Scope-OrgID": "shop",
    }


def test_a_query_that_names_the_release() -> None:
    """The release's own series can be asked for; nothing but a name gets into the query."""
    named = check(query='up{version="{version}"}')
    http = FakeHttp({API: vector("0")})
    concluded(named, world_of({}, http=http, release=replace(RELEASE, version="1.4.0"), secret=str))
    assert "1.4.0" in http.asked[0].url

    found = concluded(named, world_of({}, release=replace(RELEASE, version='1"} or up{a="'), secret=str))
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
