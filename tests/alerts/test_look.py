"""What a verdict says to the alerts."""

from typing import Any

import pytest

from smoke.alerts.look import Standing, look_of
from smoke.verdict.words import Severity
from tests.outputs.verdicts import COMMIT, check, everything, verdict

STANDINGS = [
    ("pass", [], Standing.SOUND),
    ("fail", [("failed", "release", True)], Standing.FAILING),
    # an old fault is one that users feel, although no rollback would help
    ("pass", [("failed", "preexisting", True)], Standing.FAILING),
    ("inconclusive", [("failed", "dependency", True)], Standing.FAILING),
    # an outage that the environment file lets pass is none
    ("pass", [("failed", "dependency", True)], Standing.SOUND),
    # nobody is paged for what only advises
    ("pass", [("failed", "release", False)], Standing.SOUND),
    ("inconclusive", [("undecided", "runner", True)], Standing.UNCLEAR),
    ("inconclusive", [("failed", "credentials", True)], Standing.UNCLEAR),
    ("inconclusive", [("skipped", "suite", True)], Standing.UNCLEAR),
    ("inconclusive", [("undecided", "maintenance", True)], Standing.ASIDE),
    ("inconclusive", [("undecided", "superseded", True)], Standing.ASIDE),
    # while another release takes over, what fails with it is nobody's
    ("inconclusive", [("undecided", "superseded", True), ("failed", "release", True)], Standing.ASIDE),
    ("inconclusive", [("undecided", "maintenance", True), ("undecided", "runner", True)], Standing.UNCLEAR),
]


@pytest.mark.parametrize(("word", "troubles", "expected"), STANDINGS)
def test_standing(word: str, troubles: list[tuple[str, str, bool]], expected: Standing) -> None:
    """What users feel fails; what we cannot tell is unclear; what somebody is working on says nothing."""
    odd = [
        check(f"page/{at}", "functional", outcome, cause=cause, gating=gating)
        for at, (outcome, cause, gating) in enumerate(troubles)
    ]
    given = verdict(word, [*everything(), *odd])
    if any(cause == "superseded" for _, cause, _ in troubles):
        given["reasons"] = [one for one in given["reasons"] if one["cause"] == "superseded"]
    look = look_of(given)
    assert look.standing is expected
    assert bool(look.troubles) == (expected is not Standing.SOUND)


def test_the_gravest_incident() -> None:
    """A verdict names the incidents that it is; older ones name none."""
    given = verdict("fail", [*everything(), check("page/x", "functional", "failed", cause="release")])
    assert look_of(given).severity is None
    given["incidents"] = [{"name": one, "severity": one} for one in ("warning", "critical", "error")]
    assert look_of(given).severity is Severity.CRITICAL


def test_a_verdict_without_reasons() -> None:
    """A run that was killed gives no reason but its summary."""
    given = verdict("inconclusive", everything(), complete=False, summary="the verifier was killed by SIGKILL")
    assert look_of(given).troubles[0].message == "the verifier was killed by SIGKILL"


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ({"web": {"commits": {COMMIT: 3}}, "bff": {"commits": {COMMIT[:7]: 2}}}, COMMIT),
        ({"web": {"commits": {COMMIT: 3}}, "bff": {"commits": {"abcdef1": 2}}}, None),
        ({"web": {"commits": {COMMIT: 3, "abcdef1": 1}}}, None),
        ({}, None),
    ],
)
def test_what_is_live(observed: dict[str, Any], expected: str | None) -> None:
    """One commit is live when every service serves it, however long each spells it."""
    given = verdict("pass", everything())
    given["release"]["observed"] = observed
    assert look_of(given).commit == expected


def test_when() -> None:
    """Times are epoch seconds."""
    look = look_of(verdict("pass", everything()))
    assert look.ended_at - look.began_at == 15.5
