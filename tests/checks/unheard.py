"""
What keeps any third party that is asked over HTTP from telling anything, and whose doing that is.

Each test twin of a check that asks one adds what is peculiar to its API.
"""

from smoke.http import FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import Answer, answer, failing, html

UNHEARD: tuple[tuple[Answer, Cause, str], ...] = (
    (failing(FailureKind.REFUSED), Cause.DEPENDENCY, "gave no answer"),
    (failing(FailureKind.TIMEOUT), Cause.DEPENDENCY, "gave no answer"),
    (failing(FailureKind.TLS), Cause.DEPENDENCY, "gave no answer"),
    (failing(FailureKind.NAME), Cause.RUNNER, "network may be at fault"),
    (html("<h1>Log in</h1>"), Cause.DEPENDENCY, "a page in place of"),
    (answer("", 302, headers={"location": "https://sso.test/?next=1"}), Cause.CREDENTIALS, "to sso.test"),
    (answer("", 200, "application/json"), Cause.DEPENDENCY, "an empty body"),
    (answer("\n\n\n", 200), Cause.DEPENDENCY, "an empty body"),
    (answer("[{", 200, "application/json"), Cause.DEPENDENCY, "invalid JSON"),
    (answer("", 401), Cause.CREDENTIALS, "HTTP 401"),
    (answer("", 403), Cause.CREDENTIALS, "HTTP 403"),
    (answer("", 404), Cause.SUITE, "check the address"),
    (answer("", 429, headers={"retry-after": "30"}), Cause.DEPENDENCY, "again in 30 s"),
    (answer("", 429), Cause.DEPENDENCY, "too often"),
    (answer("", 500), Cause.DEPENDENCY, "HTTP 500"),
    (answer("", 503), Cause.DEPENDENCY, "HTTP 503"),
)
"""An answer, the cause of what is undecided then, and what is said of it."""


def assert_undecided(found: Judgement, cause: Cause, said: str) -> None:
    """Whatever keeps a third party from telling is never the release's fault, and never green."""
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, cause)
    assert said in found.message
