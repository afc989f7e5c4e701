"""What a release declares to be new must be there."""

import pytest

from smoke.checks.markers import checks
from smoke.environment import Environment
from smoke.http import FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Marker, Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import Answer, answer, concluded, environment_of, failing, html, in_turn, world_of
from tests.checks.logins import portal

REPORTS = Marker("reports", "/reports", service="bff", contains=("Reports",))


def judged(given: Answer, marker: Marker = REPORTS, environment: Environment | None = None) -> Judgement:
    """Look for *marker*, answered *given*."""
    environment = environment or environment_of()
    (check,) = checks(environment, Release(markers=(marker,)))
    return concluded(check, world_of({f"https://api.test{marker.path}": given}, environment))


def test_there() -> None:
    """A new route that answers as declared passes."""
    assert judged(html("<h1>Reports</h1>")).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("given", "signature"),
    [
        (html("<h1>Not found</h1>", 404), "HTTP 404, declared 200"),
        (html("<h1>Welcome</h1>"), "does not contain 'Reports'"),
        (answer("", 302, headers={"location": "/"}), "HTTP 302, declared 200"),
        (answer(b"\xff\xfe"), "does not contain 'Reports'"),
        (failing(FailureKind.RESET), "connection reset"),
    ],
)
def test_absent(given: Answer, signature: str) -> None:
    """A marker that is not there, or not what was declared, is the release's fault."""
    judgement = judged(given)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.facts["signature"] == signature


def test_other_status() -> None:
    """A route may be declared to be gone."""
    assert judged(html("", 410), Marker("old", "/old", service="bff", status=410)).outcome is Outcome.PASSED


def test_once() -> None:
    """One failure that is not seen again is noted."""
    judgement = judged(in_turn(html("", 502), *[html("<h1>Reports</h1>")] * 60))
    assert judgement.outcome is Outcome.PASSED
    assert "not seen again" in judgement.facts["noted"]


def test_without_session() -> None:
    """A marker for a role that cannot log in is undecided."""
    marker = Marker("mine", "/mine", service="bff", role="customer")
    environment = portal()
    (check,) = checks(environment, Release(markers=(marker,)))
    assert concluded(check, world_of({}, environment)).outcome is Outcome.UNDECIDED


def test_nothing_declared() -> None:
    """Without markers, and for services that are not here, there is nothing to check."""
    environment = environment_of()
    assert list(checks(environment, Release())) == []
    assert list(checks(environment, Release(markers=(Marker("x", "/x", service="nowhere"),)))) == []
