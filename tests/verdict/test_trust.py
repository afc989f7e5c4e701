"""A certificate that is refused is the release's, unless this machine trusts nobody."""

from dataclasses import replace

from smoke.verdict.attribution import attribute
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome
from tests.verdict.made import control, finding, passed, plan

REFUSED = finding("tls/web", facts={"distrusted": True, "failure_kinds": ["TLS"], "answered": False})


def cause_of(*findings: Finding) -> tuple[Outcome, Cause | None]:
    """Return what becomes of the first finding beside the others."""
    judged = attribute(plan(*findings), findings)[0]
    return judged.outcome, judged.cause


def wary(name: str = "control/status", *, distrusted: bool = True) -> Finding:
    """Return a control host that was reached, its certificate accepted or not."""
    made = control(reachable=True)
    return replace(made, check=name, facts={**made.facts, **({"distrusted": True} if distrusted else {})})


def test_the_release_by_default() -> None:
    """Without another host's certificate, or beside one that is accepted, it is the target's."""
    assert cause_of(REFUSED) == (Outcome.FAILED, Cause.RELEASE)
    assert cause_of(REFUSED, wary(distrusted=False)) == (Outcome.FAILED, Cause.RELEASE)
    assert cause_of(REFUSED, wary(), wary("control/other", distrusted=False)) == (Outcome.FAILED, Cause.RELEASE)


def test_this_machine() -> None:
    """Where the control hosts' certificates are refused too, this machine's trust or clock is wrong."""
    assert cause_of(REFUSED, wary()) == (Outcome.UNDECIDED, Cause.RUNNER)


def test_other_failures_are_left_alone() -> None:
    """What failed for another reason has nothing to do with certificates."""
    other = finding("page/home", facts={"answered": True})
    assert cause_of(other, wary()) == (Outcome.FAILED, Cause.RELEASE)


def test_the_browser_alone() -> None:
    """A certificate that our own requests verified is refused by this machine's browser alone."""
    journey = finding("journey/home", service="web", facts=REFUSED.facts)

    assert cause_of(journey, passed("tls/web", service="web")) == (Outcome.UNDECIDED, Cause.RUNNER)
    assert cause_of(journey, passed("tls/api", service="api")) == (Outcome.FAILED, Cause.RELEASE)
    assert cause_of(journey, REFUSED) == (Outcome.FAILED, Cause.RELEASE)
