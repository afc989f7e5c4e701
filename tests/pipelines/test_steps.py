"""What the steps of the workflow do around the product, with a program in its place that notes how it was called."""

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipelines.test_files import ACTION
from tests.pipelines.test_workflow import FILE, variables
from tests.pipelines.workflow import Workflow
from tests.plugin.project import ROOT
from tests.plugin.site import COMMIT

SMOKE = """#!/bin/bash
echo "$*" >> calls
for name in ${!portal_*} ${!PORTAL_*}; do echo "$name=$(< "${!name}")" >> seen; done
case "$1 $3" in
  "verify --sha") printf 'verdict=pass\\nreport=reports/one/report.html\\n' >> "$GITHUB_OUTPUT" ;;
  "verify --soak") printf 'verdict=fail\\nsummary=100%% of %s\\n' "what is live" >> "$GITHUB_OUTPUT"; exit 10 ;;
esac
"""
"""Verifies the release as good, and what is live afterwards as bad."""


class Action(Workflow):
    """The action, as the one job of a workflow."""

    @cached_property
    def content(self) -> dict[Any, Any]:
        """What its file says, said as a workflow says it."""
        said = yaml.safe_load(self.file.read_text("utf-8"))
        return {
            True: {"workflow_call": {"inputs": said["inputs"]}},
            "jobs": {"action": {"steps": said["runs"]["steps"]}},
        }


def acted(directory: Path, **inputs: str) -> Workflow:
    """Run the action in *directory*."""
    made = Action(ACTION, "action", directory, {"environment": "shop/prod", **inputs}, {}, variables())
    made.programs = programs(directory)
    made.run()
    return made


def programs(directory: Path) -> Path:
    """Return a directory with the program that stands in."""
    programs = directory / "programs"
    programs.mkdir()
    (programs / "smoke").write_text(SMOKE, "utf-8")
    (programs / "smoke").chmod(0o755)
    return programs


def made(directory: Path, secrets: dict[str, str] | None = None, **inputs: Any) -> Workflow:
    """Run the workflow in *directory*."""
    given = {"environment": "shop/prod", "sha": COMMIT, "deploy": "true", **inputs}
    workflow = Workflow(FILE, "deploy", directory, given, secrets or {}, variables(), programs=programs(directory))
    workflow.run()
    return workflow


def test_around_a_good_release(tmp_path: Path) -> None:
    """
    The beginning is announced with what the manifest says, and a pass without commands that promote ends well.

    The reports of a matrix have names of their own, without the characters that an artifact's may not have.
    """
    workflow = made(tmp_path, release="release.toml")
    begun, *_ = (tmp_path / "calls").read_text("utf-8").splitlines()
    assert begun == f"prime shop/prod --sha {COMMIT} --release release.toml"
    assert workflow.done["reports"].outputs["artifact"] == "smokegate-shop-prod-1-1"
    ended = {one: workflow.done[one].outcome for one in ("promote", "live", "verdict")}
    assert ended == {"promote": "skipped", "live": "skipped", "verdict": "success"}


SECRETS = (
    "PORTAL_TOKEN=YWJjZGVmZ2hpag=\r\nportal_user=someone@shop.test\n\n# a comment\nPORTAL-KEY=1\nPORTAL_ENV=prod\n"
)


@pytest.mark.parametrize("name", ["smoke-variables", "deploy-variables"])
def test_variables(tmp_path: Path, name: str) -> None:
    """Every line NAME=value is handed on whole, and masked; of others the number is said, never the text."""
    deploy = 'printf "PORTAL_TOKEN=%s\\nportal_user=%s\\n" "${PORTAL_TOKEN-}" "${portal_user-}" > seen'
    inputs = {"deploy": deploy} if name == "deploy-variables" else {}
    workflow = made(tmp_path, {name: SECRETS}, **inputs)
    told = workflow.done["secrets" if name == "smoke-variables" else "deploy"].log
    seen = (tmp_path / "seen").read_text("utf-8").replace("_FILE=", "=")
    assert "PORTAL_TOKEN=YWJjZGVmZ2hpag=\n" in seen
    assert "portal_user=someone@shop.test\n" in seen
    assert f"::warning title=Variable left out::line 5 of {name} is not NAME=value\n" in told
    assert "PORTAL-KEY" not in told
    masked = [line.removeprefix("::add-mask::") for line in told.splitlines() if line.startswith("::add-mask::")]
    assert masked == ["YWJjZGVmZ2hpag=", "someone@shop.test"]


def test_failed_promote_is_looked_at(tmp_path: Path) -> None:
    """After a promote step that fails half-way, what is live is verified and said; the job is red."""
    workflow = made(tmp_path, promote="exit 3")
    ended = {one: workflow.done[one].outcome for one in ("promote", "live", "rollback", "verdict")}
    assert ended == {"promote": "failure", "live": "failure", "rollback": "skipped", "verdict": "failure"}
    assert "::error title=NOT PROMOTED::the release is good, but" in workflow.done["verdict"].log
    assert "What is live now: fail. 100%25 of what is live\n" in workflow.done["verdict"].log


@pytest.mark.parametrize(
    ("inputs", "called", "artifact"),
    [
        ({}, f"verify shop/prod --sha {COMMIT}", "smokegate-verify-shop-prod-1-1"),
        (
            {"command": "prime", "release": "release.toml"},
            f"prime shop/prod --sha {COMMIT} --release release.toml",
            None,
        ),
        (
            {"command": "guard", "deploy": "./deploy.sh", "arguments": "--soak=0\n", "artifact": "mine"},
            f"guard shop/prod --sha {COMMIT} --soak=0 -- bash -euo pipefail -c ./deploy.sh",
            "mine",
        ),
        ({"command": "rollback", "artifact": "none"}, "rollback shop/prod", None),
    ],
)
def test_action(tmp_path: Path, inputs: dict[str, str], called: str, artifact: str | None) -> None:
    """The action calls what it is told to, and names the artifact that its reports become."""
    action = acted(tmp_path, sha=COMMIT, **inputs)
    assert (tmp_path / "calls").read_text("utf-8") == f"{called}\n"
    assert action.done["reports"].outputs.get("artifact") == artifact


def test_action_installs_what_is_locked(tmp_path: Path) -> None:
    """Its install takes the versions of the lock, and the extras that were asked for."""
    action = Action(
        ACTION, "action", tmp_path, {"extras": "notify"}, {}, {**variables(), "GITHUB_ACTION_PATH": str(ROOT)}
    )
    action.left_out, action.programs = ("browser", "reports", "smoke"), tmp_path
    (tmp_path / "python").write_text('#!/bin/bash\necho "$*" >> calls\n', "utf-8")
    (tmp_path / "python").chmod(0o755)
    action.run()
    constraints = tmp_path / "temp" / "smokegate-constraints.txt"
    installed, *_ = (tmp_path / "calls").read_text("utf-8").splitlines()
    assert installed.endswith(f"--constraint {constraints} {ROOT}[notify]")
    assert re.search(r"^playwright==\S+$", constraints.read_text("utf-8"), re.MULTILINE)
    assert "--hash" not in constraints.read_text("utf-8")
