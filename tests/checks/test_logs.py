"""Logs must arrive, and errors in them must not multiply; a Loki that cannot be asked decides nothing."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smoke.checks.logs import checks
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
    in_turn,
    json_answer,
    world_of,
)
from tests.checks.unheard import UNHEARD, assert_undecided

API = "https://loki.test/loki/api/v1/query"
RELEASE = Release(commit=NEW, deployed_at=NOW - 180)
LINES, ERRORS = '{app="bff"}', '|~ "(?i)error"'


def vector(value: float | None) -> Exchange:
    """Return a count as Loki returns it: a text; nothing at all where no line matched."""
    result = [] if value is None else [{"metric": {}, "value": [NOW, f"{value:g}"]}]
    return json_answer({"status": "success", "data": {"resultType": "vector", "result": result, "stats": {}}})


def loki(lines: float | None, errors: float | None, errors_then: float | None, lines_then: float | None = 90) -> Answer:
    """Answer a count of errors or of all lines, since the deploy or before it."""

    def count(request: Request) -> Exchange:
        asked = parse_qs(urlsplit(request.url).query)
        earlier = int(asked["time"][0]) <= (NOW - 180) * 1e9
        if "error" in asked["query"][0]:
            return vector(errors_then if earlier else errors)
        return vector(lines_then if earlier else lines)

    return count


def judged(name: str, reply: Answer, release: Release = RELEASE, **more: Any) -> Judgement:
    """Make one check of the module."""
    logs = {"lines": LINES, "errors": ERRORS, **more.pop("logs", {})}
    described = environment_of(
        monitoring={"after_s": 0, "loki": {"url": "https://loki.test", "tenant": "shop"}}, logs={"bff": logs}
    )
    check = next(one for one in checks(described, release) if one.id == f"{name}/bff")
    return concluded(check, world_of({API: reply}, described, release, **more))


def before(**measured: Any) -> Callable[[str], Before]:
    """Return a baseline that measured this."""
    return lambda _: Before(Outcome.PASSED, measured=measured)


class TestArrive:
    """Logs arrive."""

    def test_they_do(self) -> None:
        """One line of the service since the deploy is enough."""
        found = judged("logs", loki(1, 0, 0))
        assert (found.outcome, found.message) == (Outcome.PASSED, "1 line in the last 180 s")

    def test_they_do_not(self) -> None:
        """Where there were lines before the deploy, and none since, they were lost."""
        found = judged("logs", loki(None, 0, 0, lines_then=90))
        assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
        assert found.message.endswith("expected at least 1; before the deploy 90")

    @pytest.mark.parametrize("lines_then", [None, 0])
    def test_there_never_were_any(self, lines_then: float | None) -> None:
        """A service that did not log before either may be called otherwise."""
        found = judged("logs", loki(None, 0, 0, lines_then=lines_then))
        assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)

    def test_without_the_start_of_the_deploy(self) -> None:
        """The baseline tells whether there were lines; without one nobody does."""
        unknown = Release(commit=NEW)
        assert judged("logs", vector(None), unknown).outcome is Outcome.UNDECIDED
        assert judged("logs", vector(None), unknown, before=before(lines=80)).outcome is Outcome.FAILED

    def test_only_lines_since_the_deploy_count(self) -> None:
        """However young the deploy is, lines from before it do not count."""
        http = FakeHttp({API: vector(1)})
        judged("logs", vector(1), Release(commit=NEW, deployed_at=NOW - 7), http=http)
        assert "%5B7s%5D" in http.asked[0].url

    def test_it_is_waited_once(self) -> None:
        """The second look of a missing log does not wait again, and nobody waits for a condemned release."""
        missing = loki(None, 0, 0)
        http = FakeHttp({API: missing})
        judged("logs", missing, http=http)
        assert len(http.asked) == 10
        http = FakeHttp({API: missing})
        judged("logs", missing, http=http, condemned=lambda: True)
        assert len(http.asked) == 4

    def test_the_first_line_is_waited_for(self) -> None:
        """Lines are on their way for a while."""
        assert judged("logs", in_turn(vector(None), vector(3), vector(90))).outcome is Outcome.PASSED


class TestErrors:
    """Errors do not multiply."""

    @pytest.mark.parametrize(
        ("errors", "then", "outcome"),
        [
            (None, None, Outcome.PASSED),
            (10, 0, Outcome.PASSED),
            (11, 0, Outcome.FAILED),
            (90, 30, Outcome.PASSED),
            (91, 30, Outcome.FAILED),
            (400, None, Outcome.FAILED),
        ],
    )
    def test_a_spike(self, errors: float | None, then: float | None, outcome: Outcome) -> None:
        """More than the allowance, and more than three times as many as before, is a spike."""
        found = judged("log-errors", loki(500, errors, then))

        assert found.outcome is outcome
        assert found.cause is (Cause.RELEASE if outcome is Outcome.FAILED else None)

    def test_the_spike_is_told(self) -> None:
        """Both counts and the limits are in the message."""
        found = judged("log-errors", loki(500, 91, 30))
        assert found.message == (
            "91 errors in the last 180 s, 30 before the deploy, "
            "expected at most 10 errors, or 3 times as many as before"
        )

    def test_no_error_in_a_log_that_does_not_arrive(self) -> None:
        """Where there is no line, there is no error either: that proves nothing."""
        found = judged("log-errors", loki(None, None, 5))
        assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)

    def test_without_the_start_of_the_deploy(self) -> None:
        """The rate of the baseline is compared with; without one many errors decide nothing."""
        unknown = Release(commit=NEW)
        assert judged("log-errors", vector(40), unknown, before=before(errors_per_s=0.01)).outcome is Outcome.FAILED
        assert judged("log-errors", vector(40), unknown, before=before(errors_per_s=0.1)).outcome is Outcome.PASSED
        found = judged("log-errors", vector(40), unknown)
        assert (found.outcome, "deployed_at" in found.facts["decider"]) == (Outcome.UNDECIDED, True)

    def test_only_where_errors_are_described(self) -> None:
        """Without a filter for errors they are not counted."""
        described = environment_of(monitoring={"loki": {"url": "https://loki.test"}}, logs={"bff": {"lines": LINES}})
        assert [one.id for one in checks(described, RELEASE)] == ["logs/bff"]
        assert not list(checks(environment_of(), RELEASE))


def test_what_is_asked() -> None:
    """Lines are counted, as the instant endpoint refuses them; moments are nanoseconds, the tenant is named."""
    http = FakeHttp({API: vector(1)})
    judged("log-errors", vector(1), http=http)
    asked = [parse_qs(urlsplit(one.url).query) for one in http.asked]

    assert [one["query"][0] for one in asked] == [
        f"sum(count_over_time({LINES} {ERRORS} [180s]))",
        f"sum(count_over_time({LINES} [180s]))",
        f"sum(count_over_time({LINES} {ERRORS} [180s]))",
    ]
    assert [int(one["time"][0]) for one in asked] == [NOW * 1e9, NOW * 1e9, (NOW - 180) * 1e9]
    assert http.asked[0].headers["X-Scope-OrgID"] == "shop"


@pytest.mark.parametrize(
    ("reply", "cause", "said"),
    [
        *UNHEARD,
        (answer("parse error at line 1, col 9: unexpected IDENTIFIER", 400), Cause.SUITE, "parse error at line 1"),
        (json_answer({"status": "success"}), Cause.DEPENDENCY, "no vector"),
        (
            json_answer({"status": "success", "data": {"resultType": "streams", "result": []}}),
            Cause.DEPENDENCY,
            "vector",
        ),
        (
            json_answer({"status": "success", "data": {"resultType": "vector", "result": [{"value": [1, 2]}]}}),
            Cause.DEPENDENCY,
            "no number",
        ),
    ],
)
@pytest.mark.parametrize("name", ["logs", "log-errors"])
def test_a_loki_that_cannot_be_asked(name: str, reply: Exchange, cause: Cause, said: str) -> None:
    """Whatever keeps Loki from telling is never the release's fault, and never green."""
    assert_undecided(judged(name, reply), cause, said)
