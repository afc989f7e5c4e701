"""`ctrf.json`, by the schema that the format publishes."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from smoke.outputs import ctrf
from tests.outputs import verdicts

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "ctrf-0.0.json").read_text("utf-8"))


def written(verdict: dict[str, Any], directory: Path = Path()) -> dict[str, dict[str, Any]]:
    """Return the tests of a report by name."""
    return {one["name"]: one for one in ctrf.render(verdict, directory)["results"]["tests"]}


@pytest.mark.parametrize("kind", [*sorted(verdicts.ALL), "hostile"])
def test_valid(kind: str, tmp_path: Path) -> None:
    """Every kind of verdict makes a report that the published schema takes."""
    ctrf.write(tmp_path, verdicts.ALL.get(kind, verdicts.hostile)())
    report = json.loads((tmp_path / ctrf.FILE).read_text("utf-8"))
    assert list(Draft7Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(report)) == []


def test_the_schema_can_say_no() -> None:
    """The validation would see a wrong report."""
    report = ctrf.render(verdicts.passing(), Path())
    del report["results"]["summary"]["stop"]
    assert not Draft7Validator(SCHEMA).is_valid(report)


@pytest.mark.parametrize(("kind", "status"), [("pass", "passed"), ("fail", "failed"), ("runner", "other")])
def test_the_verdict_is_a_test(kind: str, status: str) -> None:
    """Who only counts failures sees the verdict, and takes no report of skipped tests for a success."""
    verdict = verdicts.ALL[kind]()
    assert written(verdict)["verdict"]["status"] == status
    assert written(verdicts.partial())["verdict"]["status"] == "other"


def test_outcomes() -> None:
    """Each outcome has its status; causes, expectations and how to repeat are told."""
    found = written(verdicts.failing())
    assert {name: found[name]["status"] for name in ("health/bff", "read/invoices", "dependency/salesforce")} == {
        "health/bff": "passed",
        "read/invoices": "failed",
        "dependency/salesforce": "other",
    }
    assert found["read/invoices"]["labels"]["cause"] == "release"
    assert "reproduce: curl -sS https://portal.example.jp/api/invoices" in found["read/invoices"]["trace"]


def test_the_counts_add_up() -> None:
    """The summary counts what the tests say."""
    summary = ctrf.render(verdicts.failing(), Path())["results"]["summary"]
    assert summary["tests"] == sum(summary[one] for one in ("passed", "failed", "skipped", "pending", "other")) == 28
    assert summary["extra"] == {"verdict": "fail", "action": "rollback", "complete": True}


def test_what_passed_at_a_second_look_is_flaky() -> None:
    """A pass after another look is not a clean one."""
    again = verdicts.check("page/home", "immediate", rounds=2)
    found = written(verdicts.verdict("pass", [again]))["page/home"]
    assert (found["flaky"], found["retries"]) == (True, 1)


def test_evidence(tmp_path: Path) -> None:
    """Files of the run are attached, others are not."""
    (tmp_path / "browser").mkdir()
    (tmp_path / "browser" / "journey-invoices.png").write_bytes(b"png")
    found = written(verdicts.failing(), tmp_path)["journey/invoices"]
    assert found["attachments"] == [
        {"name": "journey-invoices.png", "contentType": "image/png", "path": "browser/journey-invoices.png"}
    ]
    assert "attachments" not in written(verdicts.hostile(), tmp_path)["page/home"]
