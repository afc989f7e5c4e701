"""What GitHub Actions is told."""

import io
from pathlib import Path

import pytest

from smoke.outputs import github
from smoke.outputs.answer import VerdictJson
from tests.outputs import verdicts


def annotations(verdict: VerdictJson) -> list[str]:
    """Return the printed commands."""
    stream = io.StringIO()
    github.annotate(verdict, stream)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(
    ("variables", "here"), [({"GITHUB_ACTIONS": "true"}, True), ({"GITHUB_ACTIONS": "false"}, False), ({}, False)]
)
def test_is_here(variables: dict[str, str], *, here: bool) -> None:
    """GitHub says itself when it runs us."""
    assert github.is_here(variables) is here


def test_annotates_a_fail() -> None:
    """The verdict comes first; what condemns the release is an error, the rest a warning."""
    summary, *others = annotations(verdicts.failing())
    assert summary.startswith("::error title=portal/prod%3A FAIL%3A roll back bff::The invoice list is empty for")
    assert [line.rpartition("::")[0] for line in others] == [
        "::error title=portal/prod%3A journey/invoices",
        "::error title=portal/prod%3A read/invoices",
        "::warning title=portal/prod%3A page/home",
        "::warning title=portal/prod%3A dependency/salesforce",
    ]


@pytest.mark.parametrize(("kind", "command"), [("pass", "notice"), ("partial", "warning"), ("interrupted", "warning")])
def test_annotates_the_verdict_alone(kind: str, command: str) -> None:
    """Checks that were skipped have no annotation of their own."""
    (line,) = annotations(verdicts.ALL[kind]())
    assert line.startswith(f"::{command} title=portal/prod%3A ")


@pytest.mark.parametrize(("outcome", "kind"), [("failed", "error"), ("undecided", "warning")])
def test_at_most_ten_of_a_type(outcome: str, kind: str) -> None:
    """The tenth says how many there are beyond, since GitHub would drop them in silence."""
    checks = [verdicts.check(f"page/{number}", "immediate", outcome) for number in range(30)]
    word = "fail" if outcome == "failed" else "inconclusive"
    lines = [line for line in annotations(verdicts.verdict(word, checks)) if line.startswith(f"::{kind} ")]
    assert len(lines) == 10
    assert lines[-1] == f"::{kind} title=portal/prod::22 more in report.html"


def test_hostile_text_stays_text() -> None:
    """No text of a target ends its annotation or begins another command."""
    lines = annotations(verdicts.hostile())
    assert len(lines) == 3
    for line in lines:
        kind, title, message = line.removeprefix("::").split(" ", 1)[0], *line.split(" ", 1)[1].split("::", 1)
        assert kind == "error"
        assert "\r" not in message
        assert "%" not in message.replace("%25", "").replace("%0A", "")
        assert ":" not in title
        assert "," not in title


def test_writes_the_outputs_of_the_step(tmp_path: Path) -> None:
    """Later steps read verdict, action, summary, advice and report; the step's page shows the summary."""
    outputs, page = tmp_path / "output", tmp_path / "summary"
    outputs.write_text("earlier=1\n", encoding="utf-8")
    variables = {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(page)}
    github.write_step_files(verdicts.failing(), "reports/portal/prod/latest/report.html", variables)
    assert outputs.read_text(encoding="utf-8").splitlines() == [
        "earlier=1",
        "verdict=fail",
        "action=rollback",
        "summary=The invoice list is empty for the smoke customer; before this release it had 12 rows (10:02).",
        "advice=roll back bff",
        "report=reports/portal/prod/latest/report.html",
    ]
    assert page.read_text(encoding="utf-8").startswith("## ❌ FAIL: roll back bff\n")


def test_no_text_adds_an_output(tmp_path: Path) -> None:
    """A target that speaks of `verdict=pass` on a line of its own changes nothing."""
    outputs = tmp_path / "output"
    verdict = verdicts.failing() | {"summary": "broken\nverdict=pass\r\nverdict<<EOF\npass\nEOF"}
    github.write_step_files(verdict, "report.html", {"GITHUB_OUTPUT": str(outputs)})
    names = [line.split("=")[0] for line in outputs.read_text(encoding="utf-8").splitlines()]
    assert names == ["verdict", "action", "summary", "advice", "report"]


def test_outside_of_github_nothing_is_written(tmp_path: Path) -> None:
    """Without the variables there are no files to write to."""
    github.write_step_files(verdicts.failing(), "report.html", {})
    assert list(tmp_path.iterdir()) == []


def test_publishes_in_github_alone(tmp_path: Path) -> None:
    """Elsewhere nothing is printed; in GitHub annotations and files come together."""
    stream, page = io.StringIO(), tmp_path / "summary"
    variables = {"GITHUB_STEP_SUMMARY": str(page)}
    assert github.publish(verdicts.failing(), "report.html", variables, stream) == []
    assert not stream.getvalue()
    assert not page.exists()
    assert github.publish(verdicts.failing(), "report.html", {**variables, "GITHUB_ACTIONS": "true"}, stream) == []
    assert stream.getvalue().startswith("::error ")
    assert page.is_file()


def test_a_file_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    """GitHub being out of order changes no verdict."""
    variables = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path)}
    warnings = github.publish(verdicts.failing(), "report.html", variables, io.StringIO())
    assert warnings == ["GitHub was not told: Is a directory"]
