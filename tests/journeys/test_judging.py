"""Judging looks: pure, so every case is a table row."""

from dataclasses import replace

import pytest

from smoke.browser.events import Event, Kind
from smoke.browser.hosts import Party
from smoke.journeys.judging import judge
from smoke.journeys.look import Look
from smoke.verdict.words import Cause, Outcome

GOOD = Look(requests=5)
BLANK = Look(expected="the heading 'Invoices'", found="a blank page at /invoices", requests=3)
OTHER = Look(expected="at least 1 row", found="0 rows", requests=3)
DIED = Look(obstacle=("the browser died", "runner"))
HELD = Event(Kind.WRITE, url="https://portal.test/graphql", method="POST", resource="xhr")
THROWN = Event(Kind.ERROR, "boom", "https://portal.test/main.js")


def test_a_good_look_passes() -> None:
    """One look that saw everything is enough."""
    judgement = judge([GOOD], "all shows", last=False)

    assert (judgement.outcome, judgement.message, judgement.unclear) == (Outcome.PASSED, "all shows", False)


def test_one_failure_is_unclear() -> None:
    """One failed look asks for another."""
    judgement = judge([BLANK], "", last=False)

    assert judgement.outcome is Outcome.FAILED
    assert judgement.unclear


def test_one_failure_alone_never_condemns() -> None:
    """When there can be no second look, one failure leaves it undecided."""
    judgement = judge([BLANK], "", last=True)

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert judgement.message.endswith("; seen only once")


def test_the_same_failure_twice_condemns() -> None:
    """Two looks with the same fault are clear; the engine of causes gets the signature."""
    judgement = judge([BLANK, BLANK], "", last=False)

    assert (judgement.outcome, judgement.unclear, judgement.cause) == (Outcome.FAILED, False, None)
    assert judgement.facts["signature"] == "the heading 'Invoices': a blank page at /invoices"


def test_different_failures_ask_for_a_third_look() -> None:
    """Two looks that failed differently are unclear, three are not."""
    assert judge([BLANK, OTHER], "", last=False).unclear
    assert not judge([BLANK, OTHER, BLANK], "", last=False).unclear
    assert judge([BLANK, OTHER], "", last=True).outcome is Outcome.FAILED


def test_success_does_not_erase_the_failure() -> None:
    """A good look after a bad one passes with a remark."""
    judgement = judge([BLANK, GOOD], "all shows", last=False)

    assert judgement.outcome is Outcome.PASSED
    assert "failed at first (expected the heading 'Invoices'" in judgement.facts["noted"]


def test_dead_browser_is_never_the_release() -> None:
    """An obstacle in the last look leaves it undecided with its own cause, whatever was seen before."""
    for looks in ([DIED], [BLANK, DIED]):
        judgement = judge(looks, "", last=True)
        assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.RUNNER)
    assert "a blank page" in judgement.message


def test_held_back_write_leaves_it_undecided() -> None:
    """What is missing after a request was held back may be our own doing."""
    look = Look(expected=BLANK.expected, found=BLANK.found, events=(HELD,))

    judgement = judge([look, look], "", last=True)

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "POST https://portal.test/graphql was held back" in judgement.message


def test_fault_before_the_held_back_write_counts() -> None:
    """An error that came first, or an error status, is not the guard's doing."""
    status = Event(Kind.STATUS, url="https://portal.test/chunk.js", resource="script", status=404)
    for events in ((THROWN, HELD), (HELD, status)):
        look = Look(expected=BLANK.expected, found=BLANK.found, events=events)
        assert judge([look, look], "", last=True).outcome is Outcome.FAILED


def test_error_after_the_held_back_write_is_doubtful() -> None:
    """An error that came after a request was held back may follow from it."""
    look = Look(expected=BLANK.expected, found=BLANK.found, events=(HELD, THROWN))

    assert judge([look, look], "", last=True).outcome is Outcome.UNDECIDED


def test_notes_of_third_parties_ride_along() -> None:
    """A third party's failure does not fail a journey; it is remarked."""
    event = Event(Kind.STATUS, url="https://ads.test/x.js", party=Party.ALLOWED, resource="script", status=500)

    judgement = judge([Look(events=(event,))], "all shows", last=False)

    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == "GET https://ads.test/x.js answered HTTP 500"


def test_looks_survive_the_way_through_json() -> None:
    """A look that another process stored is read back as it was."""
    look = Look("a", "b", ("c", "runner"), (HELD, THROWN), {"x": 1}, 3, ("browser/a.png",), ("d",))

    assert Look.from_json(look.to_json()) == look


REFUSED = Look(expected="to be logged in", found="a refusal: HTTP 401", facts={"refused": True}, requests=7)
RESET = Look(expected="/login to open", found="ERR_CONNECTION_RESET", facts={"failure_kinds": ["connection reset"]})


@pytest.mark.parametrize("looks", [[REFUSED, RESET], [RESET, REFUSED]])
def test_a_lost_connection_confirms_no_answer(looks: list[Look]) -> None:
    """An answer and a lost connection are two things, each seen once; what was answered is told."""
    judgement = judge(looks, "", last=True)
    assert judgement.outcome is Outcome.UNDECIDED
    assert "HTTP 401" in judgement.message
    assert judgement.facts["refused"]


@pytest.mark.parametrize("looks", [[REFUSED, RESET, REFUSED], [REFUSED, REFUSED, RESET]])
def test_what_came_most_often_is_told(looks: list[Look]) -> None:
    """Two of three looks were refused: that is the fault, whatever the third met."""
    judgement = judge(looks, "", last=True)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.facts["refused"]


@pytest.mark.parametrize("first", [0, 1])
def test_a_lost_request_of_the_page_confirms_no_refusal(first: int) -> None:
    """A login that was refused for too many, and one whose request was lost, are no two looks at one fault."""
    url = "https://api.portal.test/auth/login"
    refused = Event(Kind.STATUS, url=url, method="POST", resource="xhr", status=429)
    lost = Event(Kind.FAILURE, "ERR_CONNECTION_RESET", url, method="POST", resource="xhr")
    looks = [
        Look(
            expected="the heading 'Dashboard'", found="a refusal", facts={"status": 429}, events=(refused,), requests=3
        ),
        Look(expected="the heading 'Dashboard'", found="the login page", events=(lost,), requests=3),
    ]
    judgement = judge(looks if first == 0 else looks[::-1], "", last=True)

    assert judgement.outcome is Outcome.UNDECIDED
    assert judgement.facts["status"] == 429


def test_connections_lost_again_and_again_condemn() -> None:
    """Two looks that were not answered at all are no noise."""
    assert judge([RESET, RESET], "", last=True).outcome is Outcome.FAILED


LOST = Event(
    Kind.FAILURE, "net::ERR_CONNECTION_RESET", "https://portal.test/chunk.js", party=Party.OWN, resource="script"
)


def test_the_faults_that_a_good_look_follows_are_kept() -> None:
    """They may have met other journeys too; what a lost connection brought about is chance."""
    thrown = replace(BLANK, events=(replace(THROWN, party=Party.OWN),))
    judgement = judge([thrown, GOOD], "", last=True)
    assert judgement.outcome is Outcome.PASSED
    assert [one for one in judgement.facts["met_once"] if "boom" in one]
    disturbed = replace(thrown, events=(LOST, *thrown.events))
    assert "met_once" not in judge([disturbed, GOOD], "", last=True).facts
    assert "met_once" not in judge([GOOD], "", last=True).facts
