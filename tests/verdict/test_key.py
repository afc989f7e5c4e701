"""A key of ours that nothing is let in with: whose doing that is, and what refusals are worth then."""

from smoke.verdict.attribution import attribute
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before
from smoke.verdict.words import Cause, Outcome
from tests.verdict.made import before, finding, passed, plan

BARRED = {"carried": ["x-api-key"], "admitted": False, "route": "https://api.test/v1", "signature": "HTTP 401"}
ADMITTED = {"carried": ["x-api-key"], "admitted": True}
READ = finding("read/models", service="api", facts=BARRED)
KEY = finding("key/client-current", service="api", facts={**BARRED, "signature": "HTTP 401 with the current key"})
REFUSAL = passed("protected/account", service="api", facts=BARRED)
SINCE = {
    "read/models": before("failed", "HTTP 401"),
    "key/client-current": before("failed", "HTTP 401 with the current key"),
}


def judged(*findings: Finding, then: dict[str, Before] | None = None) -> list[tuple[Outcome, Cause | None]]:
    """Return outcome and cause of each after attribution."""
    return [(one.outcome, one.cause) for one in attribute(plan(*findings, before=then or {}), findings)]


def test_a_release_that_refuses_its_clients() -> None:
    """Without a baseline, or where it was accepted before, nothing speaks for the release."""
    assert set(judged(READ, KEY)) == {(Outcome.FAILED, Cause.RELEASE)}
    well = {"read/models": before("passed"), "key/client-current": before("passed")}
    assert set(judged(READ, KEY, then=well)) == {(Outcome.FAILED, Cause.RELEASE)}


def test_a_key_that_was_withdrawn() -> None:
    """Refused everywhere, before the deploy and after it: the key is to be renewed, and nothing was verified."""
    found = attribute(plan(READ, KEY, before=SINCE), (READ, KEY))
    assert {(one.outcome, one.cause) for one in found} == {(Outcome.UNDECIDED, Cause.CREDENTIALS)}
    assert found[0].message.endswith(
        "x-api-key was refused everywhere before the deploy already, so nothing was reached"
    )
    assert found[0].facts["decider"].startswith("renew the value of x-api-key")


def test_a_key_that_opens_something() -> None:
    """Where anything of the service is let in with it, the key is good: an old refusal has another reason."""
    other = passed("read/usage", service="api", facts=ADMITTED)
    assert judged(READ, other, then=SINCE)[0] == (Outcome.FAILED, Cause.PREEXISTING)


def test_another_service() -> None:
    """What another service lets in, or with another header, tells nothing."""
    elsewhere = passed("page/home", service="web", facts=ADMITTED)
    gate = passed("health/api", service="api", facts={"carried": ["x-gate"], "admitted": True})
    assert judged(READ, elsewhere, gate, then=SINCE)[0] == (Outcome.UNDECIDED, Cause.CREDENTIALS)


def test_refusals_prove_nothing() -> None:
    """A route that refuses whoever is not logged in may as well refuse the key, until something is let in with it."""
    assert judged(REFUSAL) == [(Outcome.UNDECIDED, Cause.CREDENTIALS)]
    found = attribute(plan(REFUSAL, READ, KEY, before={}), (REFUSAL, READ, KEY))[0]
    assert (found.outcome, found.cause, found.facts["blocked_by"]) == (
        Outcome.UNDECIDED,
        Cause.RELEASE,
        "key/client-current",
    )
    opened = passed("key/client-current", service="api", facts=ADMITTED)
    assert judged(REFUSAL, opened)[0] == (Outcome.PASSED, None)


def test_refusals_without_a_key() -> None:
    """What carried nothing is not measured by it."""
    assert judged(passed("protected/account", service="api", facts={"answered": True})) == [(Outcome.PASSED, None)]
