"""What tells how a service is may be guarded: whose doing that is, and what would decide it."""

from typing import Any

import pytest

from smoke.verdict.attribution import attribute
from smoke.verdict.decide import decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before
from smoke.verdict.words import Cause, Outcome, Stage, Word
from tests.verdict.made import END, before, finding, passed, plan

ASKED = {"challenged": True, "answered": True, "signature": "HTTP 401", "failed_share": 1.0}


def guarded(check: str = "health/api", **facts: Any) -> Finding:
    """Return a finding of an address that asks for a credential."""
    return finding(check, service="api", message="HTTP 401 in 12 of 12 samples", facts={**ASKED, **facts})


def judged(one: Finding, then: dict[str, Before] | None = None) -> Finding:
    """Return the finding as it is attributed."""
    return attribute(plan(one, before=then), [one])[0]


@pytest.mark.parametrize("check", ["health/api", "component/database", "version/api", "converge/api", "restarts/api"])
def test_nobody_knows_how_it_was(check: str) -> None:
    """Without a baseline it holds, and says what to declare."""
    without: tuple[dict[str, Before] | None, ...] = (None, {})
    for then in without:
        found = judged(guarded(check), then)
        assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
        assert "services.api.headers" in found.facts["decider"]
        assert "smoke prime" in found.facts["decider"]


def test_a_gate_before_the_service() -> None:
    """A refusal that the service itself did not give is no less clear."""
    found = judged(guarded(challenged=False, turned_away="HTTP 403 of something before the service"))
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)


@pytest.mark.parametrize("then", [before("passed"), before("failed", "HTTP 500")])
def test_it_was_open(then: Before) -> None:
    """What was open before, or failed in another way, is guarded since the release."""
    found = judged(guarded(), {"health/api": then})
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)


@pytest.mark.parametrize("then", [before("failed", "HTTP 401"), before("undecided", "HTTP 401", "credentials")])
def test_it_was_guarded(then: Before) -> None:
    """What was guarded before is no news, however the baseline calls it."""
    found = judged(guarded(), {"health/api": then})
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.PREEXISTING)


def test_the_release_must_be_seen() -> None:
    """Which release is served is never excused: it holds as long as the credential is missing."""
    then = {"converge/api": before("undecided", "HTTP 401", "credentials")}
    found = judged(guarded("converge/api"), then)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)


@pytest.mark.parametrize(
    "one",
    [
        guarded(failed_share=0.33),
        guarded(challenged=False),
        guarded(carried=["authorization"], admitted=False),
        guarded("page/home"),
        guarded("read/products"),
    ],
)
def test_it_is_the_release_all_the_same(one: Finding) -> None:
    """One replica that refuses, a bare refusal, a declared key that is refused, or a promised page fails."""
    found = judged(one)
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)


def test_the_verdict() -> None:
    """It is held, and the advice names what to declare."""
    live = passed("converge/api", service="api", facts={"census": {"commits": {"a": 1}}}, stage=Stage.CONVERGE)
    home = passed("page/home", facts={"route": "https://shop.test/", "answered": True})
    verdict = decide(plan(live, home, guarded(), before=None), (live, home, guarded()), END)
    assert verdict.word is Word.INCONCLUSIVE
    assert "services.api.headers" in verdict.advice
