"""Which components a verdict puts at fault."""

import json

import pytest

from smoke.verdict.component import Component, at_fault
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from tests.verdict.made import finding, passed, plan, verdict_of

API = Component("api", services=("bff",), command=("redeploy", "{previous}"), procedure="redeploy it", takes_s=30.0)
WEB = Component("web", services=("web",))
DATABASE = Component("database", checks=("migration/*",), procedure="run the reversing migration")
IOS = Component("ios", checks=("mobile/*",), possible=False, instead="ship a new version")
PARTS = (API, WEB, DATABASE, IOS)

HEALTH = finding("health/bff", service="bff")
MIGRATION = finding("migration/portal", service="bff")
MOBILE = finding("mobile/minimum")
PASSED = passed("page/home", service="web")


@pytest.mark.parametrize(
    ("guilty", "services", "expected"),
    [
        ([HEALTH], ["bff"], ["api"]),
        ([MIGRATION], ["bff"], ["database"]),
        ([HEALTH, MIGRATION], ["bff"], ["api", "database"]),
        ([finding("page/x", service="worker")], ["worker"], ["worker"]),
        ([finding("journey/x")], [], ["api", "web"]),
        ([MOBILE], [], ["ios"]),
    ],
)
def test_at_fault(guilty: list[Finding], services: list[str], expected: list[str]) -> None:
    """A check's id goes before its service; a service without an entry stands for itself; nothing named is all."""
    assert [one.name for one in at_fault(PARTS, guilty, services)] == expected


def test_nothing_is_declared() -> None:
    """An environment without components has none at fault: there is nothing to say beyond the service."""
    assert at_fault((), [HEALTH], ["bff"]) == ()


@pytest.mark.parametrize(
    ("findings", "advice"),
    [
        ([HEALTH], "roll back api"),
        ([MIGRATION], "roll back database"),
        ([MOBILE], "ship a new version (ios cannot be rolled back)"),
        ([finding("queue-job/x", service="bff", facts={"through": ["web"]})], "roll back api and web"),
        ([HEALTH, MOBILE], "roll back api and ship a new version (ios cannot be rolled back)"),
    ],
)
def test_advice_names_components(findings: list[Finding], advice: str) -> None:
    """The advice names what is rolled back, and what cannot be."""
    verdict = verdict_of(*findings, PASSED, components=PARTS)
    assert verdict.advice == advice
    assert verdict.to_json()["action"] == "rollback"


def test_only_a_fail_puts_anything_at_fault() -> None:
    """A verdict that holds names no component: nothing is to be rolled back."""
    held = verdict_of(finding("health/bff", "undecided", cause="runner", service="bff"), components=PARTS)
    assert held.to_json()["components"] == []


def test_survives_the_log() -> None:
    """A plan that went through JSON has the same components, and one from before there were any has none."""
    made = plan(HEALTH, components=PARTS)
    assert Plan.from_json(json.loads(json.dumps(made.to_json()))) == made
    old = {key: value for key, value in made.to_json().items() if key not in {"components", "grading"}}
    assert Plan.from_json(json.loads(json.dumps(old))).components == ()
