"""Health is judged by its words, freshly answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from smoke.checks.health import HealthCheck, checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import (
    NOW,
    Answer,
    Clock,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)

URL = "https://api.test/health"


def environment(replicas: int = 3, dependencies: Any = None, **health: Any) -> Environment:
    """Return an environment whose bff tells its health as *health* says."""
    service = {
        "url": "https://api.test",
        "replicas": replicas,
        "replica_header": "x-replica",
        "health": {"path": "/health", **health},
    }
    return environment_of(services={"bff": service}, dependencies=dependencies or {})


def the_check(described: Environment) -> HealthCheck:
    """Return the only health check."""
    (check,) = checks(described, Release())
    return check


def judged(answers: Answer, **health: Any) -> Judgement:
    """Conclude the check for a service that answers so."""
    described = environment(**health)
    return concluded(the_check(described), world_of({URL: answers}, described))


def from_replica(name: str, data: Any, status: int = 200) -> Exchange:
    """Return a JSON answer of one replica."""
    return json_answer(data, status, {"x-replica": name})


def ticking(clock: list[Clock], age_s: float = 0.0) -> Callable[[Request], Exchange]:
    """Return an answer function whose time stamp follows the clock."""

    def give(_: Request) -> Exchange:
        moment = datetime.fromtimestamp(clock[0].now() - age_s, UTC)
        return json_answer({"status": "ok", "timestamp": moment.isoformat()})

    return give


OK = {"status": "ok"}
TERMINUS = {
    "status": "ok",
    "info": {},
    "error": {},
    "details": {"database": {"status": "up"}, "redis": {"status": "up"}},
}


def test_one_check_for_each_service_that_tells_its_health() -> None:
    """The check is immediate, gating and named after the service; a service without health has none."""
    check = the_check(environment())
    assert (check.id, check.stage, check.gating) == ("health/bff", Stage.IMMEDIATE, True)
    assert not list(checks(environment_of(), Release()))
    assert check.reproduce() == "curl -sS -i https://api.test/health"


@pytest.mark.parametrize("data", [OK, {"ok": True}, {"healthy": True}, {"status": "UP"}, {"status": "pass"}])
def test_healthy_answers_pass(data: Any) -> None:
    """A healthy word in every sample passes at once."""
    judgement = judged(json_answer(data))
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message == "12 samples as expected"


def test_plain_text_of_aspnet_passes() -> None:
    """The bare word as text is an answer where nothing but the state is asked for."""
    assert judged(answer("Healthy")).outcome is Outcome.PASSED


@pytest.mark.parametrize(("body", "outcome"), [(b"ok", Outcome.PASSED), (b"<p>ok</p>", Outcome.FAILED)])
def test_a_bare_word_that_is_called_html(body: bytes, outcome: Outcome) -> None:
    """Nest and Express call a returned `ok` HTML; a page has markup."""
    assert judged(answer(body, content_type="text/html")).outcome is outcome


def test_configured_text_is_compared_whole() -> None:
    """Where a text is configured, anything else is a fault."""
    assert judged(answer("Alive\n"), text="alive").outcome is Outcome.PASSED
    assert judged(answer("alive, sort of"), text="alive").outcome is Outcome.FAILED


def test_draft_checks_are_components() -> None:
    """The arrays of health+json count as components."""
    data = {"status": "pass", "checks": {"postgres:responseTime": [{"status": "pass"}]}}
    assert judged(json_answer(data), components="checks").outcome is Outcome.PASSED


def test_cartly_readiness_shape_is_understood() -> None:
    """Rows of SELECT 1 and PONG are healthy components."""
    data = {"status": "ok", "checks": {"database": [{"?column?": 1}], "redis": "PONG"}}
    assert judged(json_answer(data), components="checks").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("made", "signature"),
    [
        (json_answer({"status": "error"}), "it calls itself unhealthy"),
        (json_answer({"status": "shutting_down"}), "it calls itself unhealthy"),
        (json_answer({"status": "marvellous"}), "its state is unknown"),
        (json_answer({}), "its state is unknown"),
        (json_answer(None), "its state is unknown"),
        (answer("Unhealthy"), "it calls itself unhealthy"),
        (answer("hello"), "its state is unknown"),
        (html("<h1>ok</h1>"), "HTML instead of JSON"),
        (answer("{", content_type="application/json"), "invalid JSON"),
        (answer(b"\xff\xfe", content_type="application/json"), "invalid JSON"),
        (answer("[" * 100_000, content_type="application/json"), "invalid JSON"),
        (answer("", content_type="application/json"), "an empty body instead of JSON"),
        (
            answer('"ok"', content_type="application/json", truncated=True),
            "a body beyond the size limit instead of JSON",
        ),
        (json_answer(OK, 500), "HTTP 500"),
        (json_answer({"status": "error"}, 503), "HTTP 503"),
        (answer("", 302, headers={"location": "/login?next=1"}), "HTTP 302 to /login"),
        (failing(FailureKind.REFUSED), "connection refused"),
        (json_answer(OK, headers={"age": "17"}), "answered by a cache (age above 0)"),
        (json_answer(OK, headers={"x-cache": "HIT from edge"}), "answered by a cache (x-cache: hit)"),
        (json_answer(OK, headers={"x-vercel-cache": "PRERENDER"}), "answered by a cache (x-vercel-cache: prerender)"),
        (json_answer(OK, headers={"cf-cache-status": "HIT"}), "answered by a cache (cf-cache-status: hit)"),
    ],
)
def test_what_is_not_healthy_fails(made: Exchange, signature: str) -> None:
    """Whatever is wrong with every answer is named, stably, and is the release's failure."""
    judgement = judged(made)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.facts["signature"] == signature
    assert judgement.message.startswith(signature)


def test_a_miss_is_not_a_hit() -> None:
    """Headers that tell of a cache that was asked and passed on are fine."""
    assert (
        judged(json_answer(OK, headers={"age": "0", "x-cache": "MISS", "cf-cache-status": "DYNAMIC"})).outcome
        is Outcome.PASSED
    )


def test_one_bad_replica_is_named() -> None:
    """A fault that correlates with a replica says so."""
    good, bad = (from_replica(name, OK) for name in "ac"), from_replica("b", {"status": "error"}, 503)
    judgement = judged(in_turn(next(good), bad, next(good)))
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message == "HTTP 503 from replica b (8 of 8); the others are fine"
    assert judgement.facts["replicas"] == {"a": [0, 12], "b": [12, 12], "c": [0, 12]}


def test_a_single_failure_is_noted() -> None:
    """One failure in a dozen that does not come again passes, with a note."""
    judgement = judged(in_turn(failing(FailureKind.RESET), *[json_answer(OK)] * 99))
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == "connection reset in 1 of 36 samples, not seen again"
    assert "signature" not in judgement.facts


def test_what_stays_unclear_is_undecided() -> None:
    """Failures too frequent for noise and too rare for one replica leave the check undecided."""
    judgement = judged(in_turn(answer("", 502), *[json_answer(OK)] * 7))
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.RELEASE)


def test_a_component_that_is_down_is_named() -> None:
    """A healthy overall word does not cover for a component."""
    data = {"status": "ok", "details": {"redis": {"status": "down"}, "database": {"status": "up"}}}
    judgement = judged(json_answer(data), components="details")
    assert judgement.message == "redis is unhealthy in 24 of 24 samples"


@pytest.mark.parametrize("details", [{}, None, [], "ok", 3])
def test_no_component_is_nothing_verified(details: Any) -> None:
    """Terminus with no indicator says ok and verifies nothing."""
    judgement = judged(json_answer({"status": "ok", "details": details}), components="details")
    assert judgement.facts["signature"] == "no component is reported, so nothing was verified"


def test_components_may_be_a_list_with_names() -> None:
    """Some services list their components."""
    data = {"status": "ok", "parts": [{"name": "db", "status": "up"}, {"name": "mq", "status": "odd"}]}
    judgement = judged(json_answer(data), components="parts")
    assert judgement.facts["signature"] == "mq is unknown"


def test_an_optional_component_may_be_down() -> None:
    """A 503 for nothing but an optional component passes with a note."""
    data = {"status": "error", "details": {"salesforce": {"status": "down"}, "database": {"status": "up"}}}
    judgement = judged(json_answer(data, 503), components="details", optional=["salesforce"])
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == "salesforce is unhealthy, but optional"


def test_a_third_party_that_alone_is_down_is_named_in_the_facts() -> None:
    """A direct call to that third party then decides whose failure it is."""
    direct = {"reported": {"path": "/x", "at": "y"}}
    described = environment(components="details", dependencies={"salesforce": direct})
    details = {"salesforce": {"status": "down"}, "database": {"status": "up"}}
    data = {"status": "error", "details": details}
    judgement = concluded(the_check(described), world_of({URL: json_answer(data, 503)}, described))
    assert judgement.message.startswith("salesforce is unhealthy (HTTP 503)")
    assert judgement.facts["dependency"] == "salesforce"
    details["database"] = {"status": "down"}
    judgement = concluded(the_check(described), world_of({URL: json_answer(data, 503)}, described))
    assert "dependency" not in judgement.facts


def test_degraded_still_serves() -> None:
    """Degraded passes, and is noted."""
    judgement = judged(json_answer({"status": "degraded"}))
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == "it calls itself degraded, which still serves"


@pytest.mark.parametrize(("value", "passes"), [("production", True), ("staging", False), (None, False)])
def test_expected_values(value: Any, passes: bool) -> None:
    """A value that must be there is compared."""
    judgement = judged(json_answer({"status": "ok", "env": value}), expect={"env": "production"})
    assert (judgement.outcome is Outcome.PASSED) is passes


def test_true_is_not_one() -> None:
    """A boolean does not stand for a number."""
    assert judged(json_answer({"status": "ok", "shard": True}), expect={"shard": 1}).outcome is Outcome.FAILED


def stamped(age_s: float, advancing: bool = True) -> Judgement:  # noqa: FBT002 - a table of cases
    """Conclude the check for a service whose time stamp is *age_s* old."""
    described = environment(replicas=1, timestamp="timestamp")
    clocks = [Clock()]
    made: Answer = ticking(clocks, age_s)
    if not advancing:
        made = json_answer({"status": "ok", "timestamp": (NOW - age_s) * 1000})
    world = world_of({URL: made}, described)
    clocks[0] = world.http.clock  # type: ignore[attr-defined]
    return concluded(the_check(described), world)


def test_a_live_time_stamp_passes() -> None:
    """A stamp of this very moment needs no second ask."""
    assert stamped(0.0).outcome is Outcome.PASSED


def test_an_older_stamp_passes_if_it_advances() -> None:
    """A clock that is behind but running is not held against the service."""
    assert stamped(20.0).outcome is Outcome.PASSED


def test_a_stale_stamp_fails() -> None:
    """An answer from long ago is no answer."""
    assert stamped(3600.0).facts["signature"] == "its time stamp is older than 60 s"


def test_a_stamp_far_ahead_fails() -> None:
    """A stamp from the future is no answer either."""
    assert stamped(-3600.0).facts["signature"] == "its time stamp lies ahead of time"


def test_a_frozen_stamp_fails_although_it_is_fresh() -> None:
    """A page rendered once at build time, a moment ago, does not advance."""
    judgement = stamped(10.0, advancing=False)
    assert (judgement.outcome, judgement.message) == (
        Outcome.FAILED,
        "its time stamp does not advance: the answer is frozen",
    )


@pytest.mark.parametrize("value", [None, "yesterday", True, -5, 1e300, {}])
def test_an_unreadable_stamp_fails(value: Any) -> None:
    """A promised time stamp has to be there."""
    judgement = judged(json_answer({"status": "ok", "timestamp": value}), timestamp="timestamp")
    assert judgement.facts["signature"] == "its time stamp is missing or unreadable"


def test_a_wrong_clock_on_this_machine_is_not_held_against_the_service() -> None:
    """Where the answer's own Date agrees with its stamp, our clock is in doubt."""
    theirs = datetime.fromtimestamp(NOW - 7200, UTC)
    headers = {"date": theirs.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    made = json_answer({"status": "ok", "timestamp": theirs.isoformat()}, headers=headers)
    assert judged(made, timestamp="timestamp").outcome is Outcome.PASSED


def test_secrets_of_the_body_do_not_show() -> None:
    """Unknown words are not repeated: only their state is."""
    judgement = judged(json_answer({"status": "token=hunter2"}))
    assert "hunter2" not in judgement.message


@pytest.mark.parametrize(
    "answers",
    [
        answer(b""),
        answer(b"OK", content_type="text/plain"),
        answer(b"fine, thanks", content_type="text/plain"),
        json_answer({"uptime": 7}),
        json_answer({"status": "healthy", "dependencies": {"database": {"status": "healthy"}}}),
        json_answer({"details": {"database": {"status": "up"}, "salesforce": "configured"}}),
        json_answer({"status": "ok", "details": []}),
    ],
)
@pytest.mark.parametrize("keys", [{}, {"components": "details"}])
def test_where_only_the_status_is_promised(answers: Exchange, keys: dict[str, Any]) -> None:
    """A body of which nothing is known is no fault, whether or not components are looked for."""
    assert judged(answers, body="any", **keys).outcome is Outcome.PASSED


@pytest.mark.parametrize("status", [200, 503])
def test_components_where_only_the_status_is_promised(status: int) -> None:
    """What is told of components counts, in an error of the usual kind too; an optional one is spared."""
    told = json_answer({"status": "error", "details": {"redis": {"status": "down"}, "db": {"status": "up"}}}, status)
    found = judged(told, body="any", components="details")
    assert (found.outcome, "redis is unhealthy" in found.message) == (Outcome.FAILED, True)
    assert judged(told, body="any", components="details", optional=["redis"]).outcome is Outcome.PASSED


def test_an_unknown_word_where_only_the_status_is_promised() -> None:
    """A state of which the meaning is not known is no fault there, and is not passed over in silence."""
    judgement = judged(json_answer({"status": "marvellous"}), body="any")
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == "its status is a word of no known meaning"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (html("<h1>Not found</h1>"), "a page instead of a health answer"),
        (answer(b"<!doctype html><h1>Not found</h1>", content_type="text/plain"), "a page instead of a health answer"),
        (json_answer({"status": "unhealthy"}), "it calls itself unhealthy"),
        (answer(b"unhealthy", content_type="text/plain"), "it calls itself unhealthy"),
        (json_answer({"status": "ok"}, 503), "HTTP 503"),
        (answer(b"ok", 503, content_type="text/plain"), "HTTP 503"),
        (html("<h1>Bad gateway</h1>", 503), "HTTP 503"),
        (answer(b"", 302, headers={"location": "https://login.test/"}), "HTTP 302"),
        (json_answer({"status": "ok"}, 200, {"age": "300"}), "answered by a cache"),
    ],
)
@pytest.mark.parametrize("keys", [{}, {"components": "details"}])
def test_what_contradicts_the_status(answers: Exchange, said: str, keys: dict[str, Any]) -> None:
    """A page, a refusal, a cache, and a body that says otherwise are faults all the same."""
    judgement = judged(answers, body="any", **keys)
    assert judgement.outcome is Outcome.FAILED
    assert said in judgement.message


@pytest.mark.parametrize(("figure", "outcome"), [(2, Outcome.PASSED), (3.5, Outcome.PASSED), (0, Outcome.FAILED)])
def test_a_figure_among_the_components(figure: float, outcome: Outcome) -> None:
    """A version or a count beside the components is none of them; what may stand for no or yes is not let pass."""
    data = {"status": "ok", "details": {"apiVersion": figure, "database": {"status": "up"}}}
    assert judged(json_answer(data), components="details").outcome is outcome


def test_figures_alone_are_no_components() -> None:
    """Where nothing but figures is reported, nothing was verified."""
    found = judged(json_answer({"status": "ok", "details": {"apiVersion": 2}}), components="details")
    assert "nothing was verified" in found.message
