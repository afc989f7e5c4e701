"""The published JSON Schema of `verdict.json`."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan, Planned
from smoke.verdict.words import Cause, Outcome, Stage, Tier
from tests.outputs import verdicts

SCHEMA = json.loads((Path(__file__).parents[2] / "smoke/verdict/schema.json").read_text(encoding="utf-8"))

CONTRACT = {
    "schema_version": 1, "run_id": "…", "environment": "portal/prod", "tier": "prod",
    "verdict": "fail", "action": "rollback", "complete": True,
    "summary": "one sentence a person can act on",
    "reasons": [{"check": "version/bff", "cause": "release", "message": "…"}],
    "release": {
        "expected": "…",
        "previous": "…",
        "observed": {"bff": {"commits": {"<sha>": 12}, "replicas": {"a": 4}}},
    },
    "started_at": "…", "finished_at": "…", "duration_s": 8.1, "budget_s": 120,
    "checks": [
        {
            "id": "version/bff", "stage": "immediate", "service": "bff", "gating": True,
            "outcome": "failed", "cause": "release", "message": "…", "expected": "…", "found": "…",
            "rounds": 2, "samples": 24, "duration_s": 0.7, "evidence": ["browser/…zip"], "reproduce": "curl …",
        }
    ],
    "warnings": [], "suite": {"version": "…", "config_sha256": "…"},
}  # fmt: skip


def errors(document: object) -> list[str]:
    """Return what the schema has against *document*."""
    return [one.message for one in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)]


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the contract's example with one value replaced."""
    document = copy.deepcopy(CONTRACT)
    *parents, last = [int(key) if key.isdecimal() else key for key in path.split(".")]
    target: Any = document
    for key in parents:
        target = target[key]
    target[last] = value
    return document


def test_is_a_valid_schema() -> None:
    """The schema follows draft 2020-12 itself."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_accepts_the_contract() -> None:
    """The example that pipelines were promised validates."""
    assert errors(CONTRACT) == []


@pytest.mark.parametrize("kind", sorted(verdicts.ALL))
def test_accepts_every_kind(kind: str) -> None:
    """Verdicts of every kind validate."""
    assert errors(verdicts.ALL[kind]()) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema_version", 2),
        ("unknown", 1),
        ("environment", "portal"),
        ("tier", "production"),
        ("verdict", "ok"),
        ("action", "hold"),
        ("complete", "yes"),
        ("reasons", []),
        ("reasons.0.cause", "dependency"),
        ("reasons.0.cause", "network"),
        ("release.observed.bff.commits", {"a": -1}),
        ("duration_s", -1),
        ("checks.0.id", "version"),
        ("checks.0.stage", "smoke"),
        ("checks.0.outcome", "green"),
        ("checks.0.cause", None),
        ("checks.0.samples", 1.5),
        ("checks.0.evidence", "a.zip"),
        ("checks.0.extra", 1),
        ("suite.commit", "a"),
    ],
)
def test_refuses_what_contradicts_the_contract(path: str, value: object) -> None:
    """Unknown keys and words, and an action or reason that does not follow from the verdict, are errors."""
    assert errors(changed(path, value))


def test_refuses_an_incomplete_pass() -> None:
    """Nothing verified is never green: a pass is complete and has no reasons against it."""
    good = verdicts.passing()
    reason = {"check": "page/home", "cause": "suite", "message": "skipped"}
    assert errors(good | {"complete": False})
    assert errors(good | {"reasons": [reason]})


@pytest.mark.parametrize(
    "findings",
    [
        [],
        [Finding("page/home", Stage.IMMEDIATE, Outcome.PASSED, "as expected", samples=1)],
        [
            Finding(
                "page/home", Stage.IMMEDIATE, Outcome.FAILED, "no landmark", service="web", facts={"noted": "1 reset"}
            )
        ],
        [Finding("page/home", Stage.IMMEDIATE, Outcome.UNDECIDED, "no secret", cause=Cause.CREDENTIALS)],
    ],
)
def test_accepts_what_decide_returns(findings: list[Finding]) -> None:
    """Every verdict that is decided, also from nothing, validates."""
    checks = (Planned("page/home", Stage.IMMEDIATE, "web"), Planned("page/more", Stage.IMMEDIATE, gating=False))
    plan = Plan("run", "portal/prod", Tier.PROD, 120.0, 1_795_255_320.0, checks)
    assert errors(decide(plan, findings, End(1_795_255_330.5)).to_json()) == []
