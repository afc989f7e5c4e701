"""Promised headers are there, on every replica; clocks that are off are noted."""

from email.utils import formatdate
from typing import Any

import pytest

from smoke.checks.headers import checks, clock_skew_s
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import NOW, Answer, answer, concluded, environment_of, failing, html, in_turn, world_of

PROMISE = {
    "expect": {"Content-Security-Policy": "frame-ancestors 'none'", "Strict-Transport-Security": "max-age="},
    "absent": ["X-Powered-By"],
}
GOOD = {
    "content-security-policy": "default-src 'self'; Frame-Ancestors 'none'",
    "strict-transport-security": "max-age=1",
}


def judged(made: Answer, **promise: Any) -> Judgement:
    """Conclude the check of one promise."""
    described = environment_of(headers=[{"name": "shell", "service": "bff", **(promise or PROMISE)}])
    (check,) = checks(described, Release())
    assert check.id == "headers/shell"
    return concluded(check, world_of({"https://api.test/": made}, described))


def test_as_promised() -> None:
    """Names and values are compared without regard to case, whatever the status."""
    assert judged(html("x", headers=GOOD)).outcome is Outcome.PASSED
    assert judged(answer("", 503, headers=GOOD)).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (html("x"), "no content-security-policy"),
        (html("x", headers={**GOOD, "content-security-policy": "default-src *"}), "content-security-policy without"),
        (html("x", headers={**GOOD, "x-powered-by": "Express"}), "x-powered-by is there"),
        (failing(FailureKind.TIMEOUT), "timeout"),
    ],
)
def test_not_as_promised(made: Exchange, fault: str) -> None:
    """What is missing, wrong or too much is named."""
    judgement = judged(made)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert fault in judgement.message


def test_all_that_is_wrong_is_named() -> None:
    """A header that was missing before the deploy excuses no other one."""
    assert judged(html("x")).facts["signature"] == "no content-security-policy; no strict-transport-security"


def test_one_replica_without() -> None:
    """One replica of three that lacks a header is found."""
    assert judged(in_turn(*[html("x", headers=GOOD)] * 2, html("x"))).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("date", "age", "skew"),
    [
        (formatdate(NOW, usegmt=True), None, 0),
        (formatdate(NOW - 300, usegmt=True), None, -300),
        (formatdate(NOW - 300, usegmt=True), "300", 0),
        (formatdate(NOW + 90, usegmt=True), "x", 90),
        ("yesterday", None, None),
        (None, None, None),
    ],
)
def test_clock(date: str | None, age: str | None, skew: float | None) -> None:
    """What lay in a cache is older by its age; what cannot be read tells nothing."""
    headers = {name: value for name, value in (("date", date), ("age", age)) if value is not None}
    assert clock_skew_s(html("x", headers=headers)) == skew


def test_a_clock_that_is_off_is_noted() -> None:
    """It breaks nothing by itself."""
    judgement = judged(html("x", headers={**GOOD, "date": formatdate(NOW - 300, usegmt=True)}))
    assert (judgement.outcome, judgement.facts["noted"]) == (Outcome.PASSED, "its clock is behind ours")
