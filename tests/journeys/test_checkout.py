"""The checkout: up to the last reversible step, cleaned up whatever happens."""

from pathlib import Path
from typing import Any

import pytest

from smoke.browser.live import LiveBrowser
from smoke.environment.journeys import Journey
from smoke.journeys import Result, run_journey
from smoke.journeys.checkout import _amount
from smoke.verdict.words import Cause, Outcome
from tests.browser.chromium import world
from tests.browser.site import Site
from tests.journeys.portal import PASSWORD, USER, Portal

CHECKOUT = Journey(name="checkout", flow="checkout", path="/checkout", role="customer")
DRAFTS = "/checkout/drafts"


@pytest.fixture
def made(live: LiveBrowser, tmp_path: Path) -> Any:
    """Return a function that makes the checkout at a portal."""

    def make(portal: Portal, **changes: Any) -> Result:
        secrets = {"USER": USER, "PASSWORD": PASSWORD}
        place = world(live, portal.environment(**changes), tmp_path, secret=lambda reference: secrets[reference.env])
        return run_journey(CHECKOUT, place)

    return make


def test_makes_a_draft_and_discards_it(made: Any, site: Site) -> None:
    """A checkout that works passes, leaves no draft and places no order."""
    result = made(Portal(site))

    assert result.judgement.outcome is Outcome.PASSED, result.judgement.message
    assert [one.body for one in site.requests("POST", DRAFTS)] == ['{"quantity":2}']
    assert len(site.requests("DELETE", f"{DRAFTS}/1")) == 1
    assert site.requests("POST", "/checkout/orders") == []


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ("¥210", "expected a total of 2 x 1050 = 2100, found 210"),
        ("¥0", "expected a total above zero, found 0"),
        ("free", "expected a total above zero, found none"),
    ],
)
def test_wrong_money_is_a_fault(made: Any, site: Site, total: str, said: str) -> None:
    """A total that is not price times quantity fails, and the drafts are removed all the same."""
    judgement = made(Portal(site, total=total)).judgement

    assert judgement.outcome is Outcome.FAILED
    assert said in judgement.message
    assert len(site.requests("DELETE", DRAFTS)) == len(site.requests("POST", DRAFTS)) == 2


def test_dead_discard_button_is_a_fault_and_the_draft_goes(made: Any, site: Site) -> None:
    """When the page's own button does nothing, the journey fails and asks the API to remove the draft."""
    judgement = made(Portal(site, discard="0")).judgement

    assert judgement.outcome is Outcome.FAILED
    assert "the summary to go when the draft is discarded" in judgement.message
    assert len(site.requests("DELETE", DRAFTS)) == 2


def test_draft_that_cannot_be_removed_is_said(made: Any, site: Site) -> None:
    """A draft that stays behind is a remark of the finding."""
    portal = Portal(site, discard="document.querySelector('section').remove()")
    for number in (1, 2):
        site.serve(f"{DRAFTS}/{number}", "", method="DELETE", status=500)

    judgement = made(portal).judgement

    assert f"a draft made at {site.url}{DRAFTS} could not be removed" in judgement.facts["noted"]


def test_checkout_that_the_file_does_not_allow_is_undecided(made: Any, site: Site) -> None:
    """Without the write in the environment file nothing is sent, and the journey cannot tell."""
    judgement = made(Portal(site), writes=[]).judgement

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "POST" in judgement.message
    assert "was held back" in judgement.message
    assert site.requests("POST", DRAFTS) == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("¥2,100", "2100"),
        ("$1,234.50", "1234.50"),
        ("1.234,50 €", "1234.50"),
        ("1 234,50 kr", "1234.50"),
        ("CHF 105.19", "105.19"),
        ("2", "2"),
        ("none", None),
    ],
)
def test_amounts_are_read_in_the_usual_notations(text: str, amount: str | None) -> None:
    """Separators of thousands and decimals are told apart by what follows them."""
    found = _amount(text)

    assert (None if found is None else str(found)) == amount
