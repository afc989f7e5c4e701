"""The files for pipelines are right in the eyes of the tools that read them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from smoke import __version__
from smoke.cli import parser
from tests.plugin.project import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "deploy-verify.yml"
ACTION = ROOT / "action.yml"
GITLAB = ROOT / "ci" / "gitlab" / "smokegate.yml"
SHELL = ROOT / "examples" / "pipelines" / "deploy.sh"
DOCKERFILE = ROOT / "ci" / "Dockerfile"
TOLD = (ROOT / "docs" / "pipelines.md").read_text("utf-8")

PINNED = re.compile(r"^[\w-]+/[\w-]+@[0-9a-f]{40}$")


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the development environment."""
    program = Path(sys.executable).with_name(name)
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False, cwd=ROOT)


def read(file: Path) -> dict[Any, Any]:
    """Return what a file says."""
    return dict(yaml.safe_load(file.read_text("utf-8")))


def steps() -> list[dict[str, Any]]:
    """Return the steps of the workflow and of the action."""
    return [*read(WORKFLOW)["jobs"]["deploy"]["steps"], *read(ACTION)["runs"]["steps"]]


def test_zizmor() -> None:
    """Workflow and action are safe in zizmor's eyes, at its strictest."""
    found = tool("zizmor", "--offline", "--no-progress", "--persona=auditor", str(WORKFLOW), str(ACTION))
    assert found.returncode == 0, found.stdout + found.stderr


def test_actionlint() -> None:
    """The workflow is right in actionlint's eyes."""
    found = tool("actionlint", "-no-color", "-shellcheck=", "-pyflakes=", str(WORKFLOW))
    assert found.returncode == 0, found.stdout + found.stderr


def test_hadolint() -> None:
    """The image's definition is right in hadolint's eyes."""
    found = tool("hadolint", "--no-color", str(DOCKERFILE))
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_image_installs_the_playwright_of_its_browsers() -> None:
    """The image takes the versions of requirements.txt, of which the Playwright is that of the base."""
    definition = DOCKERFILE.read_text("utf-8")
    (command,) = re.findall(r"RUN (sed .+) > constraints\.txt", definition)
    made = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    (version,) = re.findall(r"^playwright==(\S+)$", made, re.MULTILINE)
    assert f"FROM mcr.microsoft.com/playwright/python:v{version}-" in definition
    assert not any(line.endswith("\\") or line.startswith(" ") for line in made.splitlines())
    assert "--constraint constraints.txt" in definition


def test_actions_are_pinned() -> None:
    """Every action of others is named by its commit, with the version beside it for people."""
    used = [one["uses"] for one in steps() if "uses" in one]
    assert used
    assert [one for one in used if not PINNED.match(one)] == []
    text = WORKFLOW.read_text("utf-8") + ACTION.read_text("utf-8")
    assert len(re.findall(r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", text, re.MULTILINE)) == len(used)


def test_the_product_is_pinned() -> None:
    """What is installed by default is the version that the workflow belongs to."""
    inputs = read(WORKFLOW)[True]["workflow_call"]["inputs"]
    assert inputs["install"]["default"] == f"smokegate=={__version__}"


def test_least_permissions() -> None:
    """The job may read the repository, and nothing else; the checkout leaves no token behind."""
    workflow = read(WORKFLOW)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["deploy"]["permissions"] == {"contents": "read"}
    (checkout,) = [one for one in steps() if "checkout@" in str(one.get("uses"))]
    assert checkout["with"]["persist-credentials"] is False


def test_one_deploy_at_a_time() -> None:
    """Deploys of one environment wait for each other, and a running one is never cancelled."""
    job = read(WORKFLOW)["jobs"]["deploy"]
    assert job["concurrency"] == {"group": "smokegate-${{ inputs.environment }}", "cancel-in-progress": False}
    gitlab = read(GITLAB)[".smokegate"]
    assert "$SMOKE_ENVIRONMENT_NAME" in gitlab["resource_group"]
    assert gitlab["interruptible"] is False


def test_no_expression_in_a_script() -> None:
    """What somebody else chose reaches a script as a variable, never as part of its text."""
    assert [one["id"] for one in steps() if "${{" in one.get("run", "")] == []


def test_order() -> None:
    """Before the deploy is primed, after it verified, then promoted or rolled back."""
    order = ["prime", "deploy", "verify", "gate", "promote", "live", "rollback", "verdict"]
    found = [one["id"] for one in read(WORKFLOW)["jobs"]["deploy"]["steps"] if one.get("id") in order]
    assert found == order


def test_outputs_exist() -> None:
    """Every output is one that a step writes."""
    written = {"verdict", "action", "summary", "advice", "report", "outcome", "restored"}
    for text in (WORKFLOW.read_text("utf-8"), ACTION.read_text("utf-8")):
        used = set(re.findall(r"steps\.(?:verify|rollback|smoke)\.outputs\.(\w+)", text))
        assert used <= written


@pytest.mark.parametrize("file", [WORKFLOW, GITLAB, SHELL])
def test_the_commands_exist(file: Path) -> None:
    """Every command line is one that the CLI understands."""
    lines = re.findall(r"^\s*(?:- |run: )?smoke (.+)$", file.read_text("utf-8"), re.MULTILINE)
    assert lines
    for line in lines:
        plain = re.sub(r"\$\{RELEASE:\+(.*?)\}(?= |$)", r"\1", line.partition(" -- ")[0].partition(" || ")[0])
        words = re.findall(r'"[^"]*(?:\$\([^)]*\))?[^"]*"|\S+', plain.replace('"$(dirname "$REPORT")"', "run"))
        commit = [word if "SHA" not in word.upper() or word.startswith("--") else "9f1c2ab" for word in words]
        assert parser().parse_args(commit).command == words[0]


def test_shell_example() -> None:
    """The shell script is right in the shell's own eyes, and hands the exit status on."""
    assert subprocess.run(["sh", "-n", str(SHELL)], check=False).returncode == 0
    assert SHELL.read_text("utf-8").endswith('exit "$status"\n')


def test_dockerfile() -> None:
    """The image has the browsers of the Playwright that is locked, and does not run as root."""
    text = DOCKERFILE.read_text("utf-8")
    locked = re.search(r"^playwright==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert locked is not None
    assert f"playwright/python:v{locked[1]}-noble" in text
    assert text.rindex("USER pwuser") > text.rindex("RUN ")


def test_each_is_documented() -> None:
    """The page on pipelines leads to every file."""
    for file in (WORKFLOW, ACTION, GITLAB, SHELL, DOCKERFILE):
        assert str(file.relative_to(ROOT)) in TOLD
    for name in read(WORKFLOW)[True]["workflow_call"]["inputs"]:
        assert name in TOLD or name in {"sha", "release", "url", "state", "timeout-minutes"}
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(re.findall(r"(?:smokegate\[|extras: )(\w+)", TOLD)) <= set(extras)
    assert re.search(rf"smokegate\S*=={re.escape(__version__)}$", TOLD, re.MULTILINE)
