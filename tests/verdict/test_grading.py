"""How bad a verdict is, and who must know."""

import json
from dataclasses import replace
from typing import Any

import pytest

from smoke.verdict.plan import Plan
from smoke.verdict.release import Release
from smoke.verdict.severities import Declared, Grading
from smoke.verdict.verdict import Verdict
from smoke.verdict.words import Severity, Stage, Word
from tests.verdict.made import COMMIT, STARTED_AT, finding, passed, plan, verdict_of

SLOW = Declared("slow-deployment", Severity.ERROR, deploy_over_s=600.0)
FAILED = Declared("failed-deployment", Severity.ERROR, verdicts=("fail",), tell=("DEV",), within_s=1800.0)
DOWN = Declared("production-down", Severity.CRITICAL, down=True, tell=("DEV", "CTO"))
HEALTH = Declared("health", Severity.ERROR, checks=("health/*",), more_than=3)
MEMORY = Declared("memory", Severity.WARNING, checks=("metric/memory",))
LOST = Declared("data-loss", Severity.CRITICAL, remedy="repair", tell=("DEV", "CTO"))

SAMPLED = {"failed_share": 0.25}
PASSED = passed("page/home", service="web", facts={"route": "/"})
SETTLED = passed(
    "converge/web", service="web", started_s=1.0, duration_s=4.0, facts={"census": {"commits": {COMMIT: 3}}}
)


def graded(*findings: Any, declared: tuple[Declared, ...], **given: Any) -> Verdict:
    """Return the verdict of an environment that declares these incidents."""
    return verdict_of(*findings, grading=Grading(declared=declared, titles={"error": "SEV-2"}), **given)


def names(verdict: Verdict) -> list[str]:
    """Return the incidents of a verdict."""
    return [one.name for one in verdict.incidents]


@pytest.mark.parametrize(("samples", "expected"), [(12, []), (16, ["health"])])
def test_failed_samples_are_counted(samples: int, expected: list[str]) -> None:
    """Three failed samples are not more than three, four are."""
    health = finding("health/bff", service="bff", samples=samples, facts=SAMPLED)
    assert names(graded(health, PASSED, declared=(HEALTH,))) == expected


@pytest.mark.parametrize(("ago_s", "expected"), [(590.0, []), (600.0, ["slow-deployment"])])
def test_slow_deploy(ago_s: float, expected: list[str]) -> None:
    """A deploy lasts until the release has settled; a slow one is an incident although the verdict passes."""
    release = Release(commit=COMMIT, deployed_at=STARTED_AT - ago_s)
    verdict = graded(SETTLED, PASSED, declared=(SLOW,), release=release)
    assert names(verdict) == expected
    assert verdict.word.value == "pass"


def test_slow_deploy_needs_its_start() -> None:
    """Where nobody told when the deploy began, nothing is said of how long it took."""
    assert names(graded(SETTLED, PASSED, declared=(SLOW,))) == []


def test_down_is_nothing_but_errors() -> None:
    """A service that answers nothing but errors is down; one of whose routes works is not."""
    broken = finding("page/web", service="web", facts={"server_errors": True, "route": "/x"})
    refused = passed("protected/x", service="web", facts={"route": "/y"})
    assert names(graded(broken, refused, declared=(DOWN, FAILED))) == ["production-down", "failed-deployment"]
    assert names(graded(broken, PASSED, declared=(DOWN,))) == []


@pytest.mark.parametrize(("service", "expected"), [("web", ["shop-down"]), ("worker", []), (None, [])])
def test_down_of_some_services(service: str | None, expected: list[str]) -> None:
    """Where services are named, another one that is down is not that incident."""
    shop = Declared("shop-down", Severity.CRITICAL, down=True, services=("web", "api"))
    broken = finding(f"health/{service}", service=service, facts={"server_errors": True, "route": "/x"})
    elsewhere = passed("page/home", service="other", facts={"route": "/"})
    assert names(graded(broken, elsewhere, declared=(shop,))) == expected


def test_remedy_tells_of_lost_data() -> None:
    """What only a repair helps against is the loss of data."""
    lost = finding("read/invoice", service="bff", facts={"remedy": "repair"})
    verdict = graded(lost, PASSED, declared=(LOST,))
    assert verdict.to_json()["incidents"] == [
        {"name": "data-loss", "severity": "critical", "title": "critical", "tell": ["DEV", "CTO"], "within_s": 0.0}
    ]


def test_all_criteria_must_hold() -> None:
    """An incident with two criteria is none where one of them does not hold."""
    both = Declared("both", Severity.ERROR, verdicts=("fail",), checks=("health/*",))
    assert names(graded(finding("page/x", service="web"), PASSED, declared=(both,))) == []
    assert names(graded(finding("health/web", service="web"), PASSED, declared=(both,))) == ["both"]


def test_severity_is_the_gravest() -> None:
    """Of several incidents the gravest counts; the team's word is said where it has one."""
    verdict = graded(finding("metric/memory", service="web"), PASSED, declared=(MEMORY, FAILED))
    assert verdict.to_json()["severity"] == {"grade": "error", "title": "SEV-2"}
    assert names(verdict) == ["failed-deployment", "memory"]


def test_severity_of_checks() -> None:
    """Where no incident is declared, the severity of the failed checks counts; the first pattern that fits."""
    grading = Grading(checks=(("page/home", Severity.INFO), ("page/*", Severity.WARNING)))
    failed = finding("page/home", service="web"), passed("page/other", service="web")
    assert verdict_of(*failed, grading=grading).severity is Severity.INFO
    other = finding("read/x", service="web"), passed("page/other", service="web")
    assert verdict_of(*other, grading=grading).severity is Severity.CRITICAL


def test_third_party_is_no_failed_deployment() -> None:
    """What holds is no failed deployment, however much of it fails."""
    undecided = finding("health/bff", "undecided", cause="runner", service="bff")
    verdict = graded(undecided, PASSED, declared=(FAILED, HEALTH))
    assert (names(verdict), verdict.severity) == ([], None)


def test_without_grading_nothing_is_said() -> None:
    """An environment that does not grade has no severity, and no pattern makes an incident of an advisory failure."""
    assert verdict_of(finding("page/x", service="web"), PASSED).severity is None
    advisory = finding("health/web", service="web", gating=False, stage=Stage.MONITORING)
    assert names(graded(advisory, PASSED, declared=(HEALTH,))) == []


def test_an_advisory_check_may_be_an_incident_by_its_id() -> None:
    """Who names it means it: the release is good, and the team is told all the same."""
    advisory = finding("metric/memory", service="web", gating=False, stage=Stage.MONITORING)
    verdict = graded(advisory, PASSED, declared=(MEMORY, FAILED))
    assert (verdict.word, names(verdict)) == (Word.PASS, ["memory"])


def test_survives_the_log() -> None:
    """A plan that went through JSON grades the same."""
    grading = Grading(
        (SLOW, DOWN, HEALTH, replace(DOWN, services=("web",))),
        (("page/*", Severity.INFO),),
        Severity.ERROR,
        {"error": "SEV-2"},
    )
    made = plan(PASSED, grading=grading)
    assert Plan.from_json(json.loads(json.dumps(made.to_json()))) == made
