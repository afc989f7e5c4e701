"""Laws that hold for every verdict, whatever was found."""

import json
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before, Plan, Planned
from smoke.verdict.release import Maintenance, Marker, Release, StagedFlag
from smoke.verdict.verdict import Verdict
from smoke.verdict.words import Cause, Outcome, Stage, Tier, Word
from tests.verdict.made import STARTED_AT

IDS = ["converge/bff", "control/status", "page/home", "login/customer", "read/x", "whmcs/direct", "confirm/bff"]
KINDS = ["name resolution", "connect timeout", "timeout"]

FACTS = st.fixed_dictionaries(
    {},
    optional={
        "answered": st.booleans(),
        "control": st.booleans(),
        "reachable": st.booleans(),
        "failing": st.booleans(),
        "server_errors": st.booleans(),
        "local": st.booleans(),
        "failure_kinds": st.lists(st.sampled_from(KINDS), max_size=2),
        "signature": st.sampled_from(["", "HTTP 500", "HTTP 401"]),
        "role": st.sampled_from(["customer", "control"]),
        "refused": st.booleans(),
        "logged_in": st.booleans(),
        "dependency": st.sampled_from(["whmcs", "salesforce"]),
        "direct": st.sampled_from(["up", "down", "refused", "unknown"]),
        "trust": st.sampled_from(["ok", "maintenance"]),
        "waived": st.sampled_from(["", "declared"]),
        "unmade": st.sampled_from(["", "out of budget"]),
        "blocked_by": st.sampled_from(["converge", *IDS]),
        "noted": st.sampled_from(["", "slow"]),
        "census": st.just({"commits": {"9f1c2ab": 3}, "replicas": {}}),
    },
)

PLANNED = st.builds(
    Planned,
    id=st.sampled_from(IDS),
    stage=st.sampled_from(Stage),
    service=st.sampled_from([None, "bff"]),
    gating=st.booleans(),
    selected=st.booleans(),
    depends_on=st.sampled_from([(), ("whmcs",), ("whmcs", "salesforce")]),
)

BEFORE = st.builds(
    Before,
    outcome=st.sampled_from(Outcome),
    signature=st.sampled_from(["", "HTTP 500", "HTTP 401"]),
    cause=st.sampled_from([None, *Cause]),
)

RELEASE = st.builds(
    Release,
    commit=st.sampled_from([None, "9f1c2ab4"]),
    retired=st.sampled_from([(), ("page/old",)]),
    migrations=st.sampled_from([(), ("init", "due_date")]),
    markers=st.sampled_from([(), (Marker("new", "/new", contains=("a", "b")), Marker("x", "/x", role="customer"))]),
    staged_flags=st.sampled_from([(), (StagedFlag("beta", 0.1),)]),
    maintenance=st.sampled_from([None, Maintenance(STARTED_AT, STARTED_AT + 5), Maintenance(1.0, 2.0)]),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Return any plan of a few checks."""
    return Plan(
        run_id="r",
        environment="portal/prod",
        tier=draw(st.sampled_from(Tier)),
        budget_s=60,
        started_at=STARTED_AT,
        checks=tuple(draw(st.lists(PLANNED, max_size=6, unique_by=lambda one: one.id))),
        release=draw(RELEASE),
        when_down=draw(st.dictionaries(st.sampled_from(["whmcs", "salesforce"]), st.sampled_from(["hold", "pass"]))),
        before=draw(st.none() | st.dictionaries(st.sampled_from(IDS), BEFORE, max_size=3)),
    )


FINDINGS = st.lists(
    st.builds(
        Finding,
        check=st.sampled_from(IDS),
        stage=st.sampled_from(Stage),
        outcome=st.sampled_from(Outcome),
        message=st.sampled_from(["", "HTTP 500.", "後 ✓\n\u2028\x00"]),
        service=st.sampled_from([None, "bff"]),
        gating=st.booleans(),
        cause=st.sampled_from([None, None, *Cause]),
        started_s=st.sampled_from([0.0, 3.0, 9.0]),
        facts=FACTS,
    ),
    max_size=7,
)

ENDS = st.builds(End, finished_at=st.just(STARTED_AT + 9), interruption=st.sampled_from([None, None, "interrupted"]))

CASES = st.tuples(plans(), FINDINGS, ENDS)


def verdict_of(case: tuple[Plan, list[Finding], End]) -> Verdict:
    """Return the verdict of one case."""
    return decide(*case)


@given(CASES)
def test_a_pass_has_verified_every_required_check(case: tuple[Plan, list[Finding], End]) -> None:
    """A pass has a finding for each gating check, each of them passed or excused with a cause, and one that passed."""
    plan, findings, end = case
    verdict = verdict_of(case)
    if verdict.word is not Word.PASS:
        return
    made = {one.check for one in findings}
    required = {one.id for one in plan.checks if one.gating}
    assert required <= made
    assert not end.interruption
    judged = [one for one in verdict.findings if one.gating]
    assert any(one.outcome is Outcome.PASSED for one in judged)
    for one in judged:
        excused = one.cause in {Cause.PREEXISTING, Cause.DEPENDENCY, Cause.MAINTENANCE}
        waived = one.outcome is Outcome.SKIPPED and bool(one.facts.get("waived"))
        assert one.outcome is Outcome.PASSED or waived or (excused and one.outcome is not Outcome.SKIPPED)


@given(CASES)
def test_a_fail_has_a_required_failure_of_the_release(case: tuple[Plan, list[Finding], End]) -> None:
    """A fail rests on a gating check that failed by the release's doing, in a run that was not interrupted."""
    verdict = verdict_of(case)
    guilty = [
        one for one in verdict.findings if one.gating and one.outcome is Outcome.FAILED and one.cause is Cause.RELEASE
    ]
    if verdict.word is Word.FAIL:
        assert guilty
        assert not case[2].interruption
        assert verdict.reasons[0].check == guilty[0].check
    elif verdict.word is Word.PASS:
        assert not guilty


@given(CASES)
def test_every_hold_says_why(case: tuple[Plan, list[Finding], End]) -> None:
    """An inconclusive verdict has a reason, an interruption, or nothing that was verified; and always a sentence."""
    verdict = verdict_of(case)
    assert verdict.summary[-1] in ".…"
    assert len(verdict.summary.splitlines()) == 1
    if verdict.word is Word.PASS:
        assert verdict.reasons == ()


@given(plans(), st.lists(FINDINGS.map(lambda some: some[:1]), max_size=3), ENDS)
def test_the_order_of_findings_does_not_matter(plan: Plan, groups: list[list[Finding]], end: End) -> None:
    """Whatever order the findings come in, the verdict is the same to the last letter."""
    findings = [one for group in groups for one in group]
    verdicts = [json.dumps(decide(plan, order, end).to_json()) for order in permutations(findings)]
    assert len(set(verdicts)) == 1


@given(CASES)
def test_a_replay_gives_the_same_verdict(case: tuple[Plan, list[Finding], End]) -> None:
    """Plan and findings that went through JSON give the same verdict."""
    plan, findings, end = case
    read_plan = Plan.from_json(through_json(plan.to_json()))
    read_findings = [Finding.from_json(through_json(one.to_json())) for one in findings]
    assert read_plan == plan
    assert read_findings == findings
    assert decide(read_plan, read_findings, end).to_json() == decide(plan, findings, end).to_json()


def through_json(data: Any) -> Any:
    """Return what a reader of a JSON file gets."""
    return json.loads(json.dumps(data))
