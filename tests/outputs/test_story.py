"""How a guarded deployment is told: in the terminal, in Markdown, to GitHub."""

import io
from pathlib import Path
from typing import Any

import pytest

from smoke.outputs import github
from smoke.outputs.ansi import Style
from smoke.outputs.story import closing_lines, render
from tests.outputs.verdicts import BEFORE, COMMIT, HOSTILE


def story(outcome: str = "restored", **given: Any) -> dict[str, Any]:
    """Return the report of a guarded deployment."""
    step = {"name": "verify", "words": "fail: a page is broken", "began_at": "", "took_s": 17.04, "well": False}
    open_step = {"name": "rollback", "words": "web: switching", "began_at": "", "took_s": None, "well": None}
    return {
        "id": "one",
        "environment": "shop/prod",
        "sha": COMMIT,
        "previous": BEFORE,
        "outcome": outcome,
        "summary": "web rolled back.",
        "started_at": "2026-11-26T02:00:00.000Z",
        "duration_s": 40.0,
        "steps": [step, open_step],
        "restored": True,
        "restored_in_s": 8.0,
        "restore_within_s": 300.0,
        "warnings": [],
        **given,
    }


def lines(told: dict[str, Any]) -> list[str]:
    """Return what the terminal shows."""
    return closing_lines(told, "guard.md", Style(room=78))


def test_terminal() -> None:
    """The outcome comes first, then each step with its mark and time, then where the report lies."""
    first, *_, last = lines(story())
    assert first == "RESTORED. web rolled back."
    assert any("✗ verify" in line and line.endswith("17.0 s") for line in lines(story()))
    assert last.endswith("guard.md")


def test_a_failed_rollback_stands_between_bars() -> None:
    """The loudest message there is cannot be overlooked, and nothing else looks like it."""
    assert [line for line in lines(story("not restored")) if line == "!" * 78] != []
    assert [line for line in lines(story("held")) if line == "!" * 78] == []


def test_markdown() -> None:
    """People read what was deployed over what, how long the way back took, and every step."""
    text = render(story(warnings=["SIGTERM came"]))
    for said in ("RESTORED", COMMIT[:7], BEFORE[:7], "back in 8.0 s of 300 s", "| ✗ | verify |", "SIGTERM came"):
        assert said in text


@pytest.mark.parametrize("key", ["summary", "environment"])
def test_hostile_words_stay_harmless(key: str) -> None:
    """What a target says opens no element, command or escape sequence."""
    told = story(**{key: HOSTILE})
    assert "<script" not in render(told)
    assert "\x1b" not in "".join(lines(told))
    assert not [line for line in lines(told) if line.strip().startswith("::")]


def test_github(tmp_path: Path) -> None:
    """GitHub gets an annotation, the summary, and outputs of one line each."""
    files = {"GITHUB_STEP_SUMMARY": tmp_path / "summary", "GITHUB_OUTPUT": tmp_path / "output"}
    variables = {"GITHUB_ACTIONS": "true", **{name: str(path) for name, path in files.items()}}
    log = io.StringIO()
    assert github.publish_story(story("not restored", restored=False), "guard.md", variables, log) == []
    assert log.getvalue().startswith("::error title=shop/prod%3A NOT RESTORED::")
    assert files["GITHUB_OUTPUT"].read_text("utf-8") == "outcome=not restored\nrestored=false\nguard-report=guard.md\n"
    assert "NOT RESTORED" in files["GITHUB_STEP_SUMMARY"].read_text("utf-8")


def test_github_elsewhere() -> None:
    """Where GitHub is not, nothing is told."""
    log = io.StringIO()
    assert github.publish_story(story(), "guard.md", {}, log) == []
    assert log.getvalue() == ""
