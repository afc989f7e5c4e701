"""How a session looks and sounds, and that other sessions of pytest hear nothing of us."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.plugin.project import Project
from tests.plugin.site import Site, page, status


@pytest.mark.parametrize(
    "arguments", [[], ["-q"], ["-s"], ["-v"], ["-vv", "-n2"], ["-p", "no:terminal"], ["--tb=no"], ["--color=yes"]]
)
def test_the_verdict_is_shown(project: Project, site: Site, arguments: list[str]) -> None:
    """Whatever pytest is told about its own terminal, the verdict comes, and the exit status is its."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", *arguments)
    assert (ended.status, ended.err) == (0, "")
    assert "PASS: promote" in ended.out


def test_pytests_own_face(project: Project, site: Site) -> None:
    """With `-v` pytest's own lines are there too, one for each check."""
    site.answers["/terms"] = page("Gone")
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", "-v")
    assert ended.status == 10
    assert "test session starts" in ended.out
    assert "test_immediate[shop/prod:page/home] PASSED" in ended.out
    assert "test_immediate[shop/prod:page/terms] FAILED" in ended.out
    assert "1 failed" in ended.out


def test_our_face_is_short(project: Project, site: Site) -> None:
    """Without `-v` the whole answer is on one screen, and nothing of pytest's is in it."""
    site.answers["/terms"] = page("Gone")
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod")
    assert len(ended.out.splitlines()) < 24
    assert "passed in" not in ended.out
    assert "Traceback" not in ended.out + ended.err


def test_what_failed_is_shown_before_it_is_looked_at_again(project: Project, site: Site) -> None:
    """A failed check has its line at once, and another one for the second look."""
    site.answers["/terms"] = status(404, "Not Found")
    project.environment("shop/prod", site, replicas=3)
    lines = [line.split() for line in project.pytest("-m", "prod").out.splitlines()]
    stages = [words[0] for words in lines if "page/terms" in words and words[1] in {"✗", "x"}]
    assert stages == ["immediate", "confirm"]


def test_a_junit_file_that_the_user_asks_for(project: Project, site: Site) -> None:
    """A user's own `--junitxml` works beside ours, in one process and in several."""
    site.answers["/terms"] = status(500, "Internal Server Error")
    project.environment("shop/prod", site)
    for ways in ([], ["-n2"]):
        file = project.directory / f"own{len(ways)}.xml"
        assert project.pytest("-m", "prod", f"--junitxml={file}", *ways).status == 10
        (suite,) = ET.parse(file).getroot()
        assert suite.attrib["failures"] == "1"


def test_github_is_told(project: Project, site: Site) -> None:
    """On GitHub Actions the step gets annotations, a summary and outputs."""
    site.answers["/terms"] = status(500, "Internal Server Error")
    project.environment("shop/prod", site)
    outputs, summary = project.directory / "outputs", project.directory / "summary"
    project.variables |= {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    ended = project.pytest("-m", "prod")
    assert ended.status == 10
    assert any("page/terms" in line for line in ended.out.splitlines() if line.startswith("::error"))
    assert "verdict=fail\n" in outputs.read_text("utf-8")
    assert "page/terms" in summary.read_text("utf-8")


OTHER = """
def test_one():
    assert True

def test_two(tmp_path):
    print("shown when it fails")
    assert False
"""


@pytest.mark.parametrize("ways", [[], ["-n2"]], ids=["alone", "xdist"])
def test_other_peoples_repositories(project: Project, tmp_path: Path, ways: list[str]) -> None:
    """Where the plugin is only installed, a session is pytest's own: terminal, capture, exit status, no files."""
    (tmp_path / "test_other.py").write_text(OTHER, "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *ways],
        cwd=tmp_path,
        env=dict(project.environ()),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "1 failed, 1 passed" in ended.stdout
    assert "Captured stdout call" in ended.stdout
    left = {one.name for one in tmp_path.iterdir()} - {"__pycache__", "pytest-of-root"}
    assert left == {"test_other.py"}
