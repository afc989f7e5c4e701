"""`allure-results/`."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from smoke.outputs import allure
from smoke.outputs.answer import VerdictJson
from tests.outputs import verdicts


def results(run: Path, verdict: VerdictJson) -> dict[str, dict[str, Any]]:
    """Write the results into a directory of their own and return them by the id of their check."""
    shutil.rmtree(run / "allure-results", ignore_errors=True)
    allure.write(run, verdict, {})
    written = [json.loads(file.read_text(encoding="utf-8")) for file in run.glob("allure-results/*-result.json")]
    return {one["name"]: one for one in written}


def labels(result: dict[str, Any]) -> dict[str, str]:
    """Return the labels of a result."""
    return {one["name"]: one["value"] for one in result["labels"]}


def test_one_result_for_each_check(tmp_path: Path) -> None:
    """Every check has a result, named and timed as the verdict says."""
    found = results(tmp_path, verdicts.failing())
    assert set(found) == {one["id"] for one in verdicts.failing()["checks"]}
    invoices = found["journey/invoices"]
    assert invoices["stop"] - invoices["start"] == 6000
    assert invoices["start"] == 1795255326400
    assert invoices["description"] == "A person sees their invoices."
    assert invoices["parameters"] == [{"name": "environment", "value": "portal/prod"}]


@pytest.mark.parametrize(
    ("kind", "check", "status"),
    [
        ("fail", "version/bff", "passed"),
        ("fail", "journey/invoices", "failed"),
        ("fail", "dependency/salesforce", "broken"),
        ("partial", "journey/invoices", "skipped"),
    ],
)
def test_status(tmp_path: Path, kind: str, check: str, status: str) -> None:
    """Failed is failed, undecided is broken."""
    assert results(tmp_path, verdicts.ALL[kind]())[check]["status"] == status


def test_labels(tmp_path: Path) -> None:
    """System, stage, kind of check and weight are what results are grouped by."""
    found = results(tmp_path, verdicts.failing())
    assert labels(found["journey/invoices"]) == {
        "epic": "portal",
        "feature": "functional",
        "story": "journey",
        "parentSuite": "portal/prod",
        "suite": "functional",
        "severity": "critical",
        "tag": "prod",
        "framework": "smokegate",
        "service": "bff",
        "cause": "release",
    }
    assert labels(found["page/home"])["severity"] == "minor"


def test_history_belongs_to_one_environment(tmp_path: Path) -> None:
    """A check keeps its history over runs, and has another one in another environment."""
    first = results(tmp_path, verdicts.passing())
    later = results(tmp_path, verdicts.failing() | {"run_id": "later"})
    other = results(tmp_path, verdicts.passing() | {"environment": "portal/staging"})
    for check, result in first.items():
        assert later[check]["historyId"] == result["historyId"]
        assert later[check]["testCaseId"] == result["testCaseId"]
        assert later[check]["uuid"] != result["uuid"]
        assert other[check]["historyId"] != result["historyId"]
        assert other[check]["testCaseId"] != result["testCaseId"]
    assert len({one["historyId"] for one in first.values()}) == len(first)


def test_writing_again_replaces(tmp_path: Path) -> None:
    """A verdict that is computed again leaves no second result behind."""
    allure.write(tmp_path, verdicts.failing(), {})
    before = sorted(file.name for file in (tmp_path / "allure-results").iterdir())
    allure.write(tmp_path, verdicts.failing(), {})
    assert sorted(file.name for file in (tmp_path / "allure-results").iterdir()) == before


def test_evidence_is_attached(tmp_path: Path) -> None:
    """Evidence that is there is copied; what is missing or elsewhere is not."""
    (tmp_path / "browser").mkdir()
    (tmp_path / "browser/journey-invoices.png").write_bytes(b"picture")
    attached = results(tmp_path, verdicts.failing())["journey/invoices"]["attachments"]
    assert [(one["name"], one["type"]) for one in attached] == [
        ("finding", "text/plain"),
        ("journey-invoices.png", "image/png"),
    ]
    contents = [(tmp_path / "allure-results" / one["source"]).read_bytes() for one in attached]
    assert contents[0].startswith(b"0 rows, expected at least 1; before this release it had 12 rows\ncause: release\n")
    assert contents[1] == b"picture"


def test_categories_find_every_cause(tmp_path: Path) -> None:
    """Each finding with a cause falls into exactly one category."""
    checks = [
        verdicts.check(f"page/{cause}", "immediate", "undecided", cause=cause, found="several\nlines")
        for cause in json.loads(Path("smoke/verdict/schema.json").read_text(encoding="utf-8"))["$defs"]["cause"]["enum"]
    ]
    found = results(tmp_path, verdicts.verdict("inconclusive", checks))
    categories = json.loads((tmp_path / "allure-results/categories.json").read_text(encoding="utf-8"))
    assert len(found) == 9
    for result in found.values():
        trace = result["statusDetails"]["trace"]
        assert sum(bool(re.fullmatch(one["traceRegex"], trace)) for one in categories) == 1


def test_environment_properties(tmp_path: Path) -> None:
    """The page's head tells environment, verdict and release; Java's escapes keep it one line of ASCII each."""
    verdict = verdicts.failing() | {"services": ["請求\nb=c", "\\x"]}
    allure.write(tmp_path, verdict, {})
    text = (tmp_path / "allure-results/environment.properties").read_bytes().decode("ascii")
    assert text.splitlines()[:4] == [
        "environment=portal/prod",
        "tier=prod",
        "verdict=FAIL: roll back \\u8acb\\u6c42 b=c and \\\\x",
        f"release.expected={verdicts.COMMIT}",
    ]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        (
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_REPOSITORY": "acme/portal",
                "GITHUB_RUN_ID": "77",
                "GITHUB_RUN_NUMBER": "5",
            },
            ("github", 5, "https://github.example/acme/portal/actions/runs/77"),
        ),
        (
            {"GITLAB_CI": "true", "CI_PIPELINE_IID": "6", "CI_JOB_URL": "https://gitlab.example/j/1"},
            ("gitlab", 6, "https://gitlab.example/j/1"),
        ),
        (
            {"JENKINS_URL": "https://ci.example", "BUILD_NUMBER": "7", "BUILD_URL": "https://ci.example/7"},
            ("jenkins", 7, "https://ci.example/7"),
        ),
    ],
)
def test_executor(tmp_path: Path, variables: dict[str, str], expected: tuple[str, int, str] | None) -> None:
    """Who ran it is told where a CI system says so, and only there."""
    allure.write(tmp_path, verdicts.passing(), variables)
    file = tmp_path / "allure-results/executor.json"
    if expected is None:
        assert not file.exists()
        return
    executor = json.loads(file.read_text(encoding="utf-8"))
    assert (executor["type"], executor["buildOrder"], executor["buildUrl"]) == expected


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """Results are valid, bounded, and attach nothing from outside of the run."""
    found = results(tmp_path, verdicts.hostile())
    result = found["page/home"]
    assert [one["name"] for one in result["attachments"]] == ["finding"]
    assert len(found["page/sign-in"]["statusDetails"]["message"]) <= 400
    for file in (tmp_path / "allure-results").iterdir():
        assert file.stat().st_size < 100_000
        assert not {"\x00", "\x1b", "\ufffe", "\u202e"} & set(file.read_text(encoding="utf-8"))
