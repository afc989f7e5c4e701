"""How a verdict tells people to respond: in the terminal, in Markdown and in the report."""

from pathlib import Path
from typing import Any

import pytest

from smoke.outputs import closing, report, response, summary
from smoke.outputs.ansi import Style
from tests.outputs import verdicts
from tests.outputs.verdicts import BEFORE, COMMIT, HOSTILE

API = {
    "name": "api",
    "services": ["bff"],
    "possible": True,
    "procedure": "redeploy the previous version",
    "command": ["deploy tool", "--image", "api:{previous}", "--instead-of={sha}"],
    "takes_s": 30.0,
    "instead": "",
}
IOS = {"name": "ios", "possible": False, "instead": "ship a new version"}
DOWN = {"name": "down", "severity": "critical", "title": "SEV-1", "tell": ["DEV", "CTO"], "within_s": 0.0}
FAILED = {"name": "failed", "severity": "error", "title": "SEV-2", "tell": ["DEV"], "within_s": 1800.0}
COMMAND = f"'deploy tool' --image api:{BEFORE} --instead-of={COMMIT}"


def responding(**given: Any) -> dict[str, Any]:
    """Return a fail with components, a severity and incidents."""
    graded = {"severity": {"grade": "critical", "title": "SEV-1"}, "incidents": [DOWN, FAILED]}
    return {**verdicts.failing(), "components": [API, IOS], **graded, **given}


def test_ways_back() -> None:
    """A command is ready to copy, the commits in their places; what cannot be rolled back says what helps."""
    api, ios = response.ways_back(responding())
    assert (api.component, api.words, api.command) == ("api", "redeploy the previous version, about 30 s", COMMAND)
    assert (ios.words, ios.command) == ("cannot be rolled back; ship a new version", "")


def test_a_place_without_a_commit_stays() -> None:
    """A commit that nobody knows is not replaced by nothing: the command must not do something else."""
    assert response.filled(["x:{previous}"], COMMIT, "") == ["x:{previous}"]


@pytest.mark.parametrize("told", [BEFORE, BEFORE.upper(), f"prod-{BEFORE}", BEFORE[:12]])
def test_the_tag_of_an_image(told: str) -> None:
    """Images are tagged by seven digits, however the commit is told."""
    assert response.filled(["x:{short_previous}", "{short_sha}"], COMMIT, told) == [f"x:{BEFORE[:7]}", COMMIT[:7]]
    assert not response.lacks_previous(response.filled(["{previous} {short_previous}"], COMMIT, told))


@pytest.mark.parametrize("told", ["", "v1.4.0", "$(id)", "9f1c2ab; id", "main"])
def test_what_is_no_commit_is_no_tag(told: str) -> None:
    """What the target calls its commit may stand in a line for a shell: only digits do."""
    command = response.filled(["x:{short_previous}"], COMMIT, told)
    assert command == ["x:{short_previous}"]
    assert response.lacks_previous(command)


def test_who_is_told() -> None:
    """People are named with their deadline and the incident."""
    assert response.to_tell(responding()) == ["DEV and CTO at once: down", "DEV within 30 min: failed"]
    assert response.severity(responding()) == "SEV-1 (down and failed)"


@pytest.mark.parametrize(("seconds", "words"), [(30, "30 s"), (300, "5 min"), (7200, "2 h"), (90, "90 s")])
def test_duration(seconds: float, words: str) -> None:
    """Durations are said as people say them."""
    assert response.duration(seconds) == words


def test_an_older_verdict_says_nothing() -> None:
    """A verdict from before there were such fields has neither."""
    old = verdicts.failing()
    assert (response.ways_back(old), response.severity(old), response.to_tell(old)) == ([], "", [])


def test_every_output_says_it(tmp_path: Path) -> None:
    """The terminal, the Markdown and the report say procedure, command, severity and who must know."""
    verdict = responding()
    terminal = "\n".join(closing.closing_lines(verdict, "report.html", Style(room=80)))
    for text in (terminal, summary.render(verdict), report.render(verdict, tmp_path)):
        for said in ("redeploy the previous version", "cannot be rolled back", "SEV-1", "DEV within 30 min"):
            assert said in text
    assert COMMAND in terminal
    assert max(len(line) for line in terminal.splitlines() if COMMAND not in line) <= 80


def test_hostile_words_stay_harmless(tmp_path: Path) -> None:
    """The commit that a target names in its own words opens no escape sequence, command or element."""
    component = {**API, "procedure": HOSTILE, "name": HOSTILE}
    verdict = responding(components=[component], release={"expected": COMMIT, "previous": HOSTILE, "observed": {}})
    terminal = "\n".join(closing.closing_lines(verdict, "report.html", Style(room=80)))
    assert "\x1b" not in terminal
    assert not [line for line in terminal.splitlines() if line.strip().startswith("::")]
    assert "<script" not in report.render(verdict, tmp_path)
