"""Tests of what several checks met once each."""

from smoke.verdict.attribution import attribute
from smoke.verdict.recurrence import recurring
from smoke.verdict.words import Cause, Outcome
from tests.verdict.made import finding, passed, plan

THROWN = "error TypeError: undefined is no function /main.js"
NOTED = "failed at first (an uncaught error), then passed in a fresh browser context"
FIRST = passed("journey/invoices", facts={"met_once": [THROWN], "noted": NOTED})
SECOND = passed("journey/catalogue", facts={"met_once": ["csp script-src /x.js", THROWN], "noted": NOTED})
OTHER = passed("journey/checkout", facts={"met_once": ["error ReferenceError /main.js"]})
WELL = passed("journey/login")


def test_one_journey_alone_is_noted() -> None:
    """A fault that one journey met once, or different ones in different journeys, change nothing."""
    assert recurring([FIRST, OTHER, WELL]) == (FIRST, OTHER, WELL)


def test_the_same_fault_in_two_journeys() -> None:
    """Both fail, with the fault as their signature; the release is to blame, and others stay as they are."""
    first, second, other, well = attribute(plan(FIRST, SECOND, OTHER, WELL), (FIRST, SECOND, OTHER, WELL))
    assert {first.outcome, second.outcome} == {Outcome.FAILED}
    assert {first.cause, second.cause} == {Cause.RELEASE}
    assert first.facts["signature"] == second.facts["signature"] == THROWN
    assert first.message.startswith(f"{NOTED}; 2 checks met the same once each")
    assert "noted" not in first.facts
    assert (other.outcome, well.outcome) == (Outcome.PASSED, Outcome.PASSED)


def test_what_failed_anyway_is_not_counted() -> None:
    """A check that failed has said so itself."""
    failed = finding("journey/catalogue", facts={"met_once": [THROWN]})
    assert recurring([FIRST, failed]) == (FIRST, failed)
