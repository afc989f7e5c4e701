"""What was read before the deploy must be readable after it, with the old session."""

from typing import Any

import pytest

from smoke.checks._world import Session
from smoke.checks.warm import checks
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome
from tests.checks.fake_world import Answer, answer, concluded, json_answer, world_of
from tests.checks.logins import portal

URL = "https://api.test/profile"
READ = {"name": "profile", "path": "/profile", "role": "customer", "warm": True, "expect": [{"at": "monthly"}]}
OLD = Session("customer", {"Cookie": "session=old"})
GOOD = json_answer({"monthly": "1.00"})


def judged(given: Answer, before: Outcome | None = Outcome.PASSED, old: Session | None = OLD, **keys: Any) -> Judgement:
    """Read with the session of before the deploy."""
    made = portal(reads=[READ])
    (check,) = checks(made, Release(**keys))
    known = {"read/profile": Before(before)} if before else {}
    return concluded(check, world_of({URL: given}, made, old_session=lambda _: old, before=known.get))


def with_the_old_session(request: Request) -> Exchange:
    """Answer the old session alone."""
    return GOOD if request.headers.get("Cookie") == "session=old" else answer("", 401)


def test_readable() -> None:
    """The old session is used, and gets its answer."""
    assert judged(with_the_old_session).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "given", [answer("", 500), answer("", 401), json_answer({}), answer("<html>"), answer("", 404)]
)
def test_not_readable(given: Exchange) -> None:
    """What trips over what the previous release left behind fails."""
    assert judged(given).outcome is Outcome.FAILED


def test_waived() -> None:
    """Nothing is asked where there is no old session, where it may have ended, or where it could not read before."""
    assert judged(GOOD, old=None).facts["waived"] == "no baseline"
    assert judged(GOOD, invalidates_sessions=True).facts["waived"] == "declared"
    for before in (None, Outcome.FAILED, Outcome.UNDECIDED):
        assert judged(answer("", 500), before).facts["waived"] == "unread"


def test_only_where_asked_for() -> None:
    """Reads that are not declared warm are made with the new session only."""
    assert list(checks(portal(reads=[{**READ, "warm": False}]), Release())) == []
