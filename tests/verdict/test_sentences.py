"""What a verdict says to a tired person."""

import textwrap
from dataclasses import replace

import pytest

from smoke.verdict.decide import decide
from smoke.verdict.finding import Finding
from smoke.verdict.release import Release
from smoke.verdict.sentences import NEXT_STEP
from smoke.verdict.words import Cause, Outcome, Word
from tests.verdict.made import (
    COMMIT,
    END,
    UNREACHED,
    before,
    control,
    direct,
    finding,
    passed,
    plan,
    planned,
    verdict_of,
)

CONVERGED = passed("converge/bff", facts={"census": {"commits": {COMMIT: 3}, "replicas": {}}})
HOME = passed("page/home")
JOURNEYS = tuple(passed(f"journey/{name}") for name in ("login", "invoices"))
RELEASE = Release(commit=COMMIT)
LONG = "expected the heading 'Checkout', found " + "a page that says something else " * 20


def test_pass() -> None:
    """A pass says what is live and how much was verified."""
    assert verdict_of(CONVERGED, HOME, *JOURNEYS, release=RELEASE).summary == (
        "9f1c2ab4d0e3 is served everywhere and all 4 required checks passed, 2 of them journeys."
    )


def test_pass_where_one_service_does_not_tell_its_release() -> None:
    """A pass does not claim of a service what nobody knows."""
    facts = {"waived": "untold", "untold": True}
    untold = [
        finding(f"{kind}/web", "skipped", cause=None, service="web", facts=facts) for kind in ("converge", "confirm")
    ]
    assert verdict_of(CONVERGED, HOME, *untold, release=RELEASE).summary == (
        "9f1c2ab4d0e3 is served everywhere but by web, where nothing tells the release, "
        "and all 2 required checks passed."
    )


def test_pass_of_a_release_of_one_service() -> None:
    """It is not said of services that the release left alone."""
    converged = replace(CONVERGED, service="bff")
    release = Release(commit=COMMIT, services=("bff",))
    assert verdict_of(converged, HOME, release=release).summary.startswith("9f1c2ab4d0e3 is served by bff and all 2 ")


def test_pass_without_announced_release() -> None:
    """Without an announced commit it says only that the replicas agree."""
    assert verdict_of(CONVERGED, HOME).summary == (
        "Every replica serves the same release and all 2 required checks passed."
    )


def test_pass_where_nobody_tells_a_release() -> None:
    """It says no more of the release than was seen."""
    assert verdict_of(HOME).summary == ("No service tells which release it serves and all 1 required checks passed.")


def test_announced_release_that_nobody_tells() -> None:
    """What was verified may be another release, so it holds and says how to tell."""
    verdict = verdict_of(HOME, release=RELEASE)
    assert verdict.word is Word.INCONCLUSIVE
    assert "`release` key" in verdict.summary


def test_pass_with_excuses() -> None:
    """A pass never says `all` while something failed, and names what was let pass and why."""
    old = finding("read/reports", facts={"signature": "HTTP 500"})
    down = direct("whmcs", "down")
    known = {"read/reports": before("failed", "HTTP 500")}
    left_open = finding("read/invoices")
    checks = (planned(left_open, depends_on=("whmcs",)), *map(planned, (CONVERGED, HOME, old, down)))
    release_plan = plan(*checks, release=RELEASE, before=known, when_down={"whmcs": "pass"})
    assert decide(release_plan, (CONVERGED, HOME, old, down, left_open), END).summary == (
        "9f1c2ab4d0e3 is served everywhere and 2 of 4 required checks passed. "
        "Not by this release: read/reports. Left open, as a third party is down: read/invoices."
    )


def test_fail() -> None:
    """A fail says first what a user feels, whether it was well before, and what else failed."""
    broken = [finding(f"read/{name}", message="HTTP 500 on every replica") for name in "abc"]
    journey = finding("journey/invoices", message="0 rows, expected at least 1")
    verdict = verdict_of(*broken, journey, HOME, before={"journey/invoices": before("passed")})
    assert verdict.summary == (
        "journey/invoices: 0 rows, expected at least 1. It passed before the deploy. "
        "Also failed: read/a, read/b and read/c."
    )


@pytest.mark.parametrize(
    ("count", "names"),
    [(1, "page/0"), (2, "page/0 and page/1"), (3, "page/0, page/1 and page/2"), (4, "page/0, page/1 and 2 more")],
)
def test_others_are_named_or_counted(count: int, names: str) -> None:
    """A few others are named, many are counted."""
    others = [finding(f"page/{number}") for number in range(count)]
    assert verdict_of(finding("journey/x"), *others).summary.endswith(f"Also failed: {names}.")


@pytest.mark.parametrize("cause", [one for one in Cause if one is not Cause.PREEXISTING])
def test_hold_says_what_to_do(cause: Cause) -> None:
    """A hold ends with the next step for its cause."""
    summary = verdict_of(HOME, finding("page/x", "undecided", message="who knows.", cause=cause)).summary
    step = NEXT_STEP[cause]
    assert summary == f"page/x: who knows. {step[0].upper()}{step[1:]}."


def test_runner_says_why() -> None:
    """A machine without network says so in one sentence, and what to do about it."""
    unreached = [
        finding(f"converge/{one}", message=f"the name of {one} does not resolve", facts=UNREACHED) for one in "ab"
    ]
    waiting = finding("page/x", "skipped", facts={"blocked_by": "converge"})
    assert verdict_of(control(reachable=False), *unreached, waiting).summary == (
        "converge/a: the name of a does not resolve; "
        "no control host is reached either, so it is this machine's network. "
        "1 more check is undecided. Fix the machine that runs the verification, or run it elsewhere."
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (finding("confirm/bff", "undecided", cause="superseded"), finding("journey/x")),
        (finding("page/x", "undecided", cause="runner"), finding("journey/x", "undecided", cause="suite")),
        (finding("journey/x", "undecided", cause="suite"), finding("page/x", "undecided", cause="suite")),
        (finding("page/x", "undecided", cause="suite"), finding("journey/x", "skipped", cause="suite")),
        (finding("page/x", "undecided", cause="suite"), finding("journey/x", "undecided", cause="suite", rounds=0)),
    ],
)
def test_most_telling_first(first: Finding, second: Finding) -> None:
    """What explains the rest comes first, then what a user feels; what nobody looked at comes last."""
    assert verdict_of(HOME, second, first).summary.startswith(f"{first.check}: ")


def test_partial() -> None:
    """A selection says how much of the whole it is."""
    checks = [planned(HOME), *(planned(one, selected=False) for one in JOURNEYS)]
    assert decide(plan(*checks), (HOME,), END).summary == (
        "Only a part was verified: 1 of 3 required checks passed, 2 were not selected. "
        "Run the whole verification again."
    )


def test_partial_with_another_doubt() -> None:
    """A doubt about what was selected is more telling than that something was not."""
    unsure = finding("page/x", "undecided", message="who knows", cause="fixture")
    checks = [planned(unsure), *(planned(one, selected=False) for one in JOURNEYS)]
    assert decide(plan(*checks), (unsure,), END).summary == (
        "page/x: who knows. Restore the test data, then verify again."
    )


def test_nothing_verified() -> None:
    """A census alone is called what it is."""
    assert verdict_of(CONVERGED).summary == (
        "Nothing was verified: no required check that looks at the product has passed."
    )


@pytest.mark.parametrize(
    ("live", "previous", "said"), [("before", None, "before"), ("new", "before", "before the deploy")]
)
def test_where_nothing_was_deployed(live: str, previous: str | None, said: str) -> None:
    """Without an announced release, what the baseline saw is the release before only where another one is live."""
    commits = {"before": "4e77d01", "new": "9f1c2ab"}
    census = passed("converge/bff", facts={"census": {"commits": {commits[live]: 3}, "replicas": {}}}, service="bff")
    known = {"page/x": before("passed")}
    verdict = verdict_of(census, finding("page/x"), release=Release(previous="4e77d01"), before=known)
    assert verdict.to_json()["release"]["previous"] == (commits[previous] if previous else None)
    assert f" It passed {said}." in verdict.summary


def test_interrupted() -> None:
    """An interruption says why, how far it came, and the failure seen until then."""
    end = END.__class__(END.finished_at, "interrupted by SIGTERM")
    assert verdict_of(HOME, end=end).summary == (
        "The verification did not finish: interrupted by SIGTERM; 1 of 1 required checks had passed."
    )
    assert verdict_of(HOME, finding("journey/x", message="0 rows"), end=end).summary.endswith(
        "1 of 2 required checks had passed. journey/x: 0 rows."
    )
    assert (
        verdict_of(HOME, finding("journey/x", message="0 rows"), end=end).advice == "run the whole verification again"
    )


@pytest.mark.parametrize("message", [LONG, "x" * 400, LONG.replace(" ", "\n")])
@pytest.mark.parametrize("outcome", ["failed", "undecided"])
def test_fits_four_lines(message: str, outcome: str) -> None:
    """However much a message says, the summary is one line that fits four lines of 76 columns after its headline."""
    many = [finding(f"journey/{number}", outcome, message=message, cause=None) for number in range(5)]
    verdict = verdict_of(HOME, *many)
    assert verdict.findings[1].outcome is Outcome(outcome)
    assert len(verdict.summary.splitlines()) == 1
    headline = "FAIL: roll back bff. " if outcome == "failed" else "INCONCLUSIVE: hold. "
    assert len(textwrap.wrap(headline + verdict.summary, 76, break_on_hyphens=False)) <= 5 - ("x" * 400 not in message)


@pytest.mark.parametrize("kind", ["converge", "version", "confirm"])
def test_another_commit_passed_before(kind: str) -> None:
    """That a check of the expected commit passed before says nothing, as it was another commit then."""
    verdict = verdict_of(finding(f"{kind}/bff"), HOME, before={f"{kind}/bff": before("passed")})
    assert "before the deploy" not in verdict.summary


def test_a_check_out_of_budget_is_to_be_made_again() -> None:
    """A check that the budget cut off holds no remedy; another run may tell."""
    late = finding("page/x", "undecided", message="the budget of 9 s ended before it was finished", cause="suite")
    assert verdict_of(HOME, late).summary.endswith("Run the whole verification again.")
