"""The steps of the workflow, out of its own file, made in order: on a small site, and on the embedded stack."""

import json
import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from tests.guard.test_guard_end_to_end import asking, environment, switched
from tests.long import EARLY, LONG
from tests.pipelines.workflow import Workflow
from tests.plugin.project import ROOT, Project, eventually
from tests.plugin.site import COMMIT, PREVIOUS, Site

__all__ = ["switched"]  # a fixture

FILE = ROOT / ".github" / "workflows" / "deploy-verify.yml"

FIVE_MINUTES_S = 300

LEFT_OUT = {"journeys", "queues", "schedules", "roundtrips", "handoffs", "latency", "assets", "private", "invariants"}
"""What the demo's environment promises besides its services, pages, reads and third parties."""


def variables() -> dict[str, str]:
    """Return the variables of a runner, without those of the session that runs the tests."""
    foreign = ("PYTEST_", "SMOKE_", "GITHUB_", "COV_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**own, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}


def workflow(directory: Path, **inputs: Any) -> Workflow:
    """Return the workflow, to be run in *directory*."""
    return Workflow(FILE, "deploy", directory, inputs, {}, variables())


def outcomes(made: Workflow) -> dict[str, str]:
    """Return how each step ended that is about the release."""
    told = ("prime", "deploy", "verify", "live", "gate", "promote", "rollback", "verdict")
    return {one: made.done[one].outcome for one in told}


def quoted(command: list[str]) -> str:
    """Return a command as a shell reads it."""
    return shlex.join(command)


PROMOTED = {
    "prime": "success",
    "deploy": "success",
    "verify": "success",
    "live": "skipped",
    "gate": "success",
    "promote": "success",
    "rollback": "skipped",
    "verdict": "success",
}
ROLLED_BACK = {
    **PROMOTED,
    "verify": "failure",
    "gate": "skipped",
    "promote": "skipped",
    "rollback": "success",
    "verdict": "failure",
}
HELD = {**ROLLED_BACK, "rollback": "skipped"}
NOT_DEPLOYED = {**HELD, "deploy": "failure", "verify": "skipped", "live": "success"}


class TestOnASite:
    """A site whose release is switched by a request."""

    def made(self, project: Project, site: Site, path: str, status: int = 0) -> Workflow:
        """Run the workflow with a deploy that asks for *path* and ends with *status*."""
        made = workflow(
            project.directory,
            environment="shop/prod",
            sha=COMMIT,
            deploy=quoted(asking(site, path, status)),
            promote="touch promoted",
        )
        made.run()
        return made

    def test_good_deploy_is_promoted(self, project: Project, switched: Site) -> None:
        """A good deploy passes, passes the gate and is promoted; the job is green."""
        environment(project, switched)
        made = self.made(project, switched, "/deploy/good")
        assert outcomes(made) == PROMOTED, made.done["verify"].log
        assert made.done["verify"].outputs["verdict"] == "pass"
        assert (project.directory / "promoted").exists()

    def test_bad_deploy_is_rolled_back(self, project: Project, switched: Site) -> None:
        """A bad deploy is rolled back and proven; the job is red, and its summary tells both."""
        environment(project, switched)
        made = self.made(project, switched, "/deploy/bad")
        assert outcomes(made) == ROLLED_BACK, made.done["rollback"].log
        assert made.done["verify"].outputs["action"] == "rollback"
        assert made.done["rollback"].outputs["restored"] == "true"
        assert switched.commit == PREVIOUS
        summary = (project.directory / "summary.md").read_text("utf-8")
        assert "FAIL" in summary
        assert "RESTORED" in summary

    def test_failed_rollback_is_loud(self, project: Project, switched: Site) -> None:
        """A rollback that fails ends in an annotation of its own, and the look after it says what is still served."""
        environment(project, switched, "/nowhere", within_s=4)
        made = self.made(project, switched, "/deploy/bad")
        assert outcomes(made) == {**ROLLED_BACK, "rollback": "failure"}
        assert "::error title=NOT RESTORED::" in made.done["verdict"].log
        (proof,) = project.reports.glob("shop/prod/*-proof/verdict.json")
        release = json.loads(proof.read_text("utf-8"))["release"]
        assert (release["expected"], release["condemned"]) == (PREVIOUS, COMMIT)
        told = " ".join(project.smoke("why", str(proof.parent)).out.split())
        assert f"NOT RESTORED: the condemned {COMMIT[:7]} is still served by web; restore {PREVIOUS[:7]}" in told
        assert f"every replica serves the condemned commit {COMMIT[:7]}" in told
        assert "nothing to roll back" not in told

    def test_failed_deploy_is_looked_at(self, project: Project, switched: Site) -> None:
        """After a deploy that failed, what is live is said; nothing is promoted or rolled back."""
        environment(project, switched)
        made = self.made(project, switched, "/items", 3)
        assert outcomes(made) == NOT_DEPLOYED
        assert PREVIOUS[:7] in made.done["live"].log or "same release" in made.done["live"].log


@contextmanager
def stack(state: Path, *faults: str) -> Iterator[dict[str, Any]]:
    """Start the embedded stack, not deployed to; gives what it tells about itself."""
    arguments = [sys.executable, "-m", "smoke", "demo", "--start", *(f"--fault={one}" for one in faults)]
    environ = {**variables(), "SMOKE_STATE_DIR": str(state)}
    with subprocess.Popen(arguments, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL) as process:
        try:
            announced = state / "demo" / "release.toml"
            assert eventually(lambda: announced.exists() or process.poll() is not None, 120)
            yield json.loads((state / "demo" / "stack.json").read_text("utf-8"))
        finally:
            process.terminate()
            process.wait(60)


def environments_with_time(directory: Path) -> None:
    """
    Copy the demo's environment files, with a budget for a machine that is busy with other tests.

    They do without what takes most of the time: the steps are what is tested, in three runs.
    """
    (directory / "portal").mkdir(parents=True)
    for name in ("_portal.toml", "demo.toml"):
        told = tomllib.loads((ROOT / "environments" / "portal" / name).read_text("utf-8"))
        told = {key: value for key, value in told.items() if key not in LEFT_OUT}
        if "converge" in told:
            told |= {"budget_s": 240, "converge": {**told["converge"], "within_s": 8}}
        (directory / "portal" / name).write_text(tomli_w.dumps(told), "utf-8")


@EARLY
@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        pytest.param([], PROMOTED, marks=LONG, id="good"),
        pytest.param(["B02"], ROLLED_BACK, id="bad"),
        pytest.param(["I01"], HELD, marks=LONG, id="inconclusive"),
    ],
)
def test_on_the_embedded_stack(tmp_path: Path, faults: list[str], expected: dict[str, str]) -> None:
    """A good deploy is promoted, a bad one rolled back and proven in under five minutes, an inconclusive one held."""
    state, directory = tmp_path / "state", tmp_path / "job"
    directory.mkdir()
    environments_with_time(directory / "environments")
    with stack(state, *faults) as told:
        made = workflow(
            directory,
            environment="portal/demo",
            sha=told["after"],
            release=str(state / "demo" / "release.toml"),
            state=str(state),
            deploy="smoke demo --deploy",
            promote="touch promoted",
        )
        green = made.run()
    assert outcomes(made) == expected, "\n".join(one.log for one in made.done.values())
    assert green == (expected is PROMOTED)
    assert (directory / "promoted").exists() == (expected is PROMOTED)
    if expected is ROLLED_BACK:
        assert made.done["rollback"].outputs["restored"] == "true"
        (story,) = directory.glob("reports/portal/demo/*-rollback/guard.json")
        assert json.loads(story.read_text("utf-8"))["restored_in_s"] < FIVE_MINUTES_S
