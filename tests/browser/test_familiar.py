"""What was so before the deploy is nothing new: pure, so every rule is a table row."""

import pytest

from smoke.browser.appraisal import appraise
from smoke.browser.events import Event, Kind
from smoke.browser.familiar import UNKNOWN, Known, measured
from smoke.browser.hosts import Party
from smoke.journeys.judging import judge
from smoke.journeys.look import Look
from smoke.verdict.plan import Before
from smoke.verdict.words import Outcome

OWN = Event(Kind.DATA, url="https://api.portal.test/invoices", resource="fetch")
OTHER = Event(Kind.DATA, url="https://api.portal.test/account", resource="fetch")
NOTHING = Known(recorded=True)


def asked(host: str, path: str = "/invoices", method: str = "GET") -> Event:
    """Return that a page asked a host that is not allowed for data."""
    return Event(Kind.HOST, url=f"https://{host}{path}", party=Party.UNKNOWN, method=method, resource="fetch")


@pytest.mark.parametrize(
    ("events", "known"),
    [
        ([asked("staging.test")], UNKNOWN),
        ([asked("staging.test", method="POST")], UNKNOWN),
        ([asked("staging.test")], Known(recorded=True, routes=frozenset({"/invoices"}))),
        ([OTHER, asked("staging.test")], Known(recorded=True, routes=frozenset({"/invoices"}))),
        ([OWN, asked("staging.test")], UNKNOWN),
    ],
)
def test_data_of_ours_asked_elsewhere_is_a_fault(events: list[Event], known: Known) -> None:
    """Nothing of ours is asked any more, or what a service of ours answers is asked of a strange host."""
    (fault,) = appraise(events, survived=True, known=known).faults

    assert "asks staging.test for its data" in fault.text


@pytest.mark.parametrize(
    ("events", "known"),
    [
        ([OWN, asked("metrics.test", "/collect")], UNKNOWN),
        ([OWN, asked("metrics.test", "/collect", "POST")], NOTHING),
        ([asked("cms.test", "/teaser")], NOTHING),
        ([asked("cms.test", "/teaser")], Known(recorded=True, hosts=frozenset({"cms.test"}))),
    ],
)
def test_third_parties_are_noted(events: list[Event], known: Known) -> None:
    """A page that gets its own data from us, or never had any, may ask others for theirs."""
    appraisal = appraise(events, survived=True, known=known)

    assert (appraisal.faults, len(appraisal.notes)) == ((), 1)


def test_what_a_baseline_keeps_is_read_back() -> None:
    """Faults, console lines, routes and hosts survive the way through JSON; anything else tells nothing."""
    line = Event(Kind.CONSOLE, "Warning: key 17 is missing")
    seen = measured([OWN, asked("cms.test"), line], ["error status 500 /a"])

    known = Known.of(seen)

    assert [*known.faults, *known.routes, *known.hosts] == ["error status 500 /a", "/invoices", "cms.test"]
    assert appraise([line], survived=True, known=known).notes == ()
    assert Known.of({}) == Known.of({"faults": []}) == UNKNOWN


def test_a_new_fault_is_not_hidden_by_an_old_one() -> None:
    """The old error is there again, and a new one besides: the journey does not fail as it did before."""
    old = Event(Kind.ERROR, "banner is undefined", "https://portal.test/main.js")
    new = Event(Kind.ERROR, "invoices is undefined", "https://portal.test/main.js")
    then = judge([Look(events=(old,))] * 2, "", last=True)
    before = Before(Outcome.FAILED, signature=then.facts["signature"], measured=then.facts["measured"])

    same = judge([Look(events=(old,))] * 2, "", last=True, before=before)
    worse = judge([Look(events=(old, new))] * 2, "", last=True, before=before)

    assert same.facts["signature"] == before.signature
    assert worse.facts["signature"] != before.signature
    assert worse.message.startswith("an uncaught error: invoices is undefined")
