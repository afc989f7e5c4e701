"""
What looks alike and deserves another verdict, in words, on made findings.

Each pair shows the same failure twice; what differs is the evidence beside it. Whoever is merely strict, or merely
lenient, gets one of the two wrong.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from smoke.verdict.decide import decide
from smoke.verdict.finding import Finding
from smoke.verdict.release import Maintenance, Release
from smoke.verdict.words import Cause, Stage, Word
from tests.verdict.made import (
    COMMIT,
    END,
    STARTED_AT,
    UNREACHED,
    before,
    control,
    direct,
    finding,
    passed,
    plan,
    planned,
)

PREVIOUS = "4e77d01aa0b1c2d3e4f5061728394a5b6c7d8e9f"
RELEASE = Release(commit=COMMIT, previous=PREVIOUS)
LIVE = passed("converge/bff", service="bff", facts={"census": {"commits": {COMMIT: 12}, "replicas": {}}})
HOME = passed("page/home", service="web", facts={"answered": True, "route": "https://portal.test/"})
ERRORS = {"answered": True, "server_errors": True, "signature": "HTTP 503"}
OUT = finding("converge/bff", service="bff", message="no commit in any answer: HTTP 503 (waited 30 s)", facts=ERRORS)
INVOICES = finding("read/invoices", service="bff", message="HTTP 502 in 12 of 12 samples", facts=ERRORS)
CLOSED = {"one_page": "ab12", "closed": "we'll be back soon", "signature": "a page", "answered": True}
PAGE = [finding(f"converge/{one}", service=one, message="a page that says it is closed", facts=CLOSED) for one in "ab"]
REFUSED = finding("login/customer", facts={"refused": True, "role": "customer", "signature": "HTTP 401"})
OTHER_ACCOUNT = passed("login/control", facts={"role": "control", "logged_in": True})
SSO = {"turned_away": "a login at sso.example", "answered": True, "signature": "HTTP 302"}
OPEN = finding("protected/invoices", service="bff", message="anonymous requests were let in", facts={"answered": True})


def canary(*, failing: bool) -> Finding:
    """Return what an unrelated host behind the same edge answered, as `smoke.checks.canary` says it."""
    facts = {"canary": True, "reachable": True, "failing": failing, "signature": "server error" if failing else ""}
    return finding("canary/shop.example", "failed" if failing else "passed", facts=facts, gating=False)


def origin(standing: str) -> Finding:
    """Return what the BFF answered beside its edge, as `smoke.checks.origin` says it."""
    outcome = "passed" if standing == "up" else "failed"
    known = {"origin": standing, "answered": True, **({} if standing == "up" else ERRORS)}
    return finding("origin/bff", outcome, service="bff", gating=False, facts=known, stage=Stage.CONFIRM)


@dataclass(frozen=True)
class Case:
    """Findings, and the verdict that they deserve; *needs* are the third parties of each check."""

    findings: tuple[Finding, ...]
    word: Word
    cause: Cause | None = None
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)


def case(*findings: Finding, word: str, cause: str | None = None, needs: Any = None, **given: Any) -> Case:
    """Return a case in few words."""
    return Case(findings, Word(word), Cause(cause) if cause else None, needs or {}, given)


WHMCS = {"read/invoices": ("whmcs",)}
WINDOW = replace(RELEASE, maintenance=Maintenance(STARTED_AT - 60, STARTED_AT + 3600))
UNTOUCHED = finding("converge/bff", message="every replica serves the previous commit", facts={"remedy": "no-op"})

CASES = {
    "nothing is up: it crashes at its start": case(OUT, control(reachable=True), word="fail"),
    "nothing is up: this machine has no names": case(
        replace(OUT, facts=UNREACHED), control(reachable=False), word="inconclusive", cause="runner"
    ),
    "errors everywhere: the release, as its neighbour behind the edge is well": case(
        OUT, control(reachable=True), canary(failing=False), word="fail"
    ),
    "errors everywhere: the edge's provider, as its neighbour fails too": case(
        OUT, control(reachable=True), canary(failing=True), origin("up"), word="inconclusive", cause="dependency"
    ),
    "errors everywhere: the provider fails, and so does the release behind it": case(
        OUT, control(reachable=True), canary(failing=True), origin("down"), word="fail"
    ),
    "errors everywhere: the provider fails, and the origin never answered us": case(
        OUT,
        canary(failing=True),
        origin("down"),
        word="inconclusive",
        cause="dependency",
        before={"origin/bff": before("failed"), "converge/bff": before("passed")},
    ),
    "errors everywhere: the neighbour never worked from here": case(
        OUT,
        canary(failing=True),
        word="fail",
        before={"canary/shop.example": before("failed", "server error"), "converge/bff": before("passed")},
    ),
    "a closed site: nobody declared it": case(*PAGE, word="fail"),
    "a closed site: in its declared window": case(*PAGE, word="inconclusive", cause="maintenance", release=WINDOW),
    "an open site in a declared window, with a door open": case(LIVE, HOME, OPEN, word="fail", release=WINDOW),
    "an open site in a declared window, and all is well": case(LIVE, HOME, word="pass", release=WINDOW),
    "anonymous: let in": case(LIVE, HOME, OPEN, word="fail"),
    "anonymous: nobody gets anywhere, for a foreign login": case(
        LIVE,
        finding("page/home", facts={**SSO, "route": "https://portal.test/"}),
        finding("read/invoices", facts={**SSO, "route": "https://api.test/invoices"}),
        passed("protected/invoices", facts={"answered": True, "route": "https://api.test/invoices"}),
        finding("journey/login", facts={"signature": "no heading"}),
        word="inconclusive",
        cause="credentials",
    ),
    "anonymous: nobody gets anywhere, and a page behind our login could not be asked for": case(
        LIVE,
        finding("page/home", facts={**SSO, "route": "https://portal.test/"}),
        finding("page/account", "undecided", stage=Stage.FUNCTIONAL, cause="credentials", rounds=1),
        finding("journey/login", facts={"signature": "no heading"}),
        word="inconclusive",
        cause="credentials",
    ),
    "anonymous: one route leads to a foreign login, the pages do not": case(
        LIVE, HOME, finding("read/invoices", facts={**SSO, "route": "https://api.test/invoices"}), word="fail"
    ),
    "anonymous: refused everywhere, and nothing else was looked at": case(
        LIVE, passed("protected/invoices", facts={"answered": True}), word="inconclusive"
    ),
    "invoices fail: WHMCS refuses the release": case(
        LIVE, HOME, INVOICES, direct("whmcs", "up"), word="fail", needs=WHMCS
    ),
    "invoices fail: WHMCS is down for everybody": case(
        LIVE, HOME, INVOICES, direct("whmcs", "down"), word="inconclusive", cause="dependency", needs=WHMCS
    ),
    "invoices fail: WHMCS refuses everybody since the deploy": case(
        LIVE,
        HOME,
        INVOICES,
        direct("whmcs", "refused"),
        word="inconclusive",
        cause="dependency",
        needs=WHMCS,
        before={"whmcs/direct": before("passed"), "read/invoices": before("passed")},
    ),
    "invoices fail: our own key for WHMCS never worked": case(
        LIVE,
        HOME,
        INVOICES,
        direct("whmcs", "refused"),
        word="fail",
        needs=WHMCS,
        before={"whmcs/direct": before("undecided", "refused"), "read/invoices": before("passed")},
    ),
    "Salesforce is down, and the tenant is the wrong one": case(
        LIVE,
        HOME,
        finding("read/contact"),
        finding("read/tenant", message="environment is staging"),
        direct("salesforce", "down"),
        word="fail",
        needs={"read/contact": ("salesforce",)},
    ),
    "health is bad: two third parties are reported down, and both are": case(
        LIVE,
        HOME,
        finding("health/bff", facts={"reported_down": ["salesforce", "whmcs"]}),
        direct("salesforce", "down"),
        direct("whmcs", "down"),
        word="inconclusive",
        cause="dependency",
    ),
    "health is bad: two third parties are reported down, and one answers us": case(
        LIVE,
        HOME,
        finding("health/bff", facts={"reported_down": ["salesforce", "whmcs"]}),
        direct("salesforce", "down"),
        direct("whmcs", "up"),
        word="fail",
    ),
    "health is bad: the part is optional, and everything else works": case(
        LIVE, HOME, passed("health/bff", facts={"noted": "salesforce is unhealthy, but optional"}), word="pass"
    ),
    "health is good: and every read fails": case(LIVE, passed("health/bff"), INVOICES, word="fail"),
    "login is refused: every account": case(
        LIVE, HOME, REFUSED, finding("login/control", facts={"refused": True, "role": "control"}), word="fail"
    ),
    "login is refused: this account": case(
        LIVE, HOME, REFUSED, OTHER_ACCOUNT, word="inconclusive", cause="credentials"
    ),
    "the old commit is served: nothing was deployed": case(UNTOUCHED, word="fail"),
    "the old commit is served: a newer one took over": case(
        finding("converge/bff", "undecided", cause="superseded"), word="inconclusive", cause="superseded"
    ),
    "the old commit is served: the rollout still moves": case(
        finding("converge/bff", "undecided", cause="release"), word="inconclusive", cause="release"
    ),
    "a read fails: since the release": case(
        LIVE, HOME, INVOICES, word="fail", before={"read/invoices": before("passed")}
    ),
    "a read fails: it did before": case(
        LIVE, HOME, INVOICES, word="pass", before={"read/invoices": before("failed", "HTTP 503")}
    ),
    "a page fails: in an assertion": case(LIVE, HOME, finding("journey/invoices"), word="fail"),
    "a page fails: the browser died": case(
        LIVE, HOME, finding("journey/invoices", "undecided", cause="runner"), word="inconclusive", cause="runner"
    ),
    "one sample in many fails: on one replica": case(LIVE, HOME, finding("page/login"), word="fail"),
    "one sample in many fails: and not again": case(
        LIVE, HOME, passed("page/login", facts={"noted": "a reset in 1 of 12 samples"}), word="pass"
    ),
    "old sessions die: by mistake": case(LIVE, HOME, finding("session/customer"), word="fail"),
    "old sessions die: as declared": case(
        LIVE, HOME, finding("session/customer", "skipped", facts={"waived": "declared"}), word="pass"
    ),
}
"""By what is seen, and what it comes from."""


@pytest.mark.parametrize("named", CASES)
def test_the_evidence_decides(named: str) -> None:
    """The verdict is what the evidence supports, and its first reason has the true cause."""
    one = CASES[named]
    checks = [planned(seen, depends_on=one.needs.get(seen.check, ())) for seen in one.findings]
    verdict = decide(plan(*checks, **{"release": RELEASE, **one.given}), one.findings, END)
    assert verdict.word is one.word, verdict.summary
    if one.word is not Word.PASS and verdict.reasons:
        assert verdict.reasons[0].cause is (one.cause or Cause.RELEASE)


@pytest.mark.parametrize("named", [one for one, made in CASES.items() if made.word is Word.INCONCLUSIVE])
def test_a_hold_says_what_would_decide_it(named: str) -> None:
    """Whoever is held knows what to do next."""
    one = CASES[named]
    checks = [planned(seen, depends_on=one.needs.get(seen.check, ())) for seen in one.findings]
    verdict = decide(plan(*checks, **{"release": RELEASE, **one.given}), one.findings, END)
    assert verdict.advice
    assert verdict.advice.lower() in verdict.summary.lower() or not verdict.reasons
