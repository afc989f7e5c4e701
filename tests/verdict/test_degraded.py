"""A third party that is degraded still serves: that holds where it is required, and excuses nobody."""

import pytest

from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Word
from tests.verdict.made import STARTED_AT, direct, finding, passed, plan

END = End(STARTED_AT + 10)


def quota(*, gating: bool) -> Finding:
    """Return what a nearly used-up quota is found as, as `smoke.checks.salesforce` says it."""
    facts = {"dependency": "salesforce", "direct": "degraded", "signature": "few daily API requests left"}
    return finding("salesforce/quota", "failed", cause="dependency", facts=facts, gating=gating)


def page() -> Finding:
    """Return a page that is well."""
    return passed("page/home", facts={"route": "GET /", "answered": True})


@pytest.mark.parametrize(("gating", "word"), [(True, Word.INCONCLUSIVE), (False, Word.PASS)])
def test_a_degraded_dependency_holds_where_it_is_required(gating: bool, word: Word) -> None:
    """A quota that is nearly used up holds a deploy if the environment file says so, and never fails one."""
    found = [page(), direct("salesforce", "up"), quota(gating=gating)]

    verdict = decide(plan(*found), found, END)

    assert verdict.word is word
    assert all(one.cause is Cause.DEPENDENCY for one in verdict.reasons)


def test_a_degraded_dependency_excuses_nobody() -> None:
    """A service that cannot reach a degraded dependency, which answers us, is the release's failure."""
    facts = {"dependency": "salesforce", "reported": "down", "signature": "salesforce is reported as down"}
    reported = finding("salesforce/reported", facts=facts, service="bff")
    found = [page(), reported, direct("salesforce", "up"), quota(gating=False)]

    assert decide(plan(*found), found, END).word is Word.FAIL


def test_degraded_alone_is_no_outage() -> None:
    """Where nothing but the quota is known of a dependency, that it is nearly used up proves no outage."""
    facts = {"dependency": "salesforce", "reported": "down", "signature": "salesforce is reported as down"}
    found = [page(), finding("salesforce/reported", facts=facts, service="bff"), quota(gating=False)]

    assert decide(plan(*found), found, END).word is Word.FAIL
