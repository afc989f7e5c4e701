"""`smoke prime` before a deploy, and what `smoke verify` makes of it afterwards."""

import json
import stat
from pathlib import Path

import pytest

from smoke import baseline
from smoke.canary import announcements
from smoke.cli import main
from smoke.commands import prime as command
from smoke.notify import deploys
from tests.plugin.project import ACCOUNT, Project
from tests.plugin.site import COMMIT, PREVIOUS, Site, status

CREDENTIALS = {"SHOP_USER": "smoke@example.com", "SHOP_PASSWORD": "correct-horse-battery"}


def prime(project: Project, site: Site, *arguments: str) -> str:
    """Record the baseline of the previous release, and deploy the next; returns what was said."""
    site.commit = PREVIOUS
    ended = project.smoke("prime", "shop/prod", *arguments)
    assert (ended.status, ended.err) == (0, "")
    site.commit = COMMIT
    return ended.out


def test_what_is_recorded(project: Project, site: Site) -> None:
    """Priming records every check and says how many failed; whatever they found, it has done what it was asked for."""
    site.answers["/terms"] = status(500, "Internal Server Error")
    project.environment("shop/prod", site)
    assert "1 failing already, 0 sessions" in prime(project, site)
    file = project.directory / ".smoke" / "baseline" / "shop" / "prod" / "outcomes.json"
    assert json.loads(file.read_text("utf-8"))["before"]["page/terms"]["outcome"] == "failed"


def test_a_failure_of_before(project: Project, site: Site) -> None:
    """What failed in the same way before the deploy is no reason to roll back; it is a warning."""
    site.answers["/terms"] = status(500, "Internal Server Error")
    project.environment("shop/prod", site)
    prime(project, site)
    ended = project.smoke("verify", "shop/prod", "--sha", COMMIT)
    assert ended.status == 0
    assert ended.checks["page/terms"]["cause"] == "preexisting"
    assert any("page/terms" in one for one in ended.verdict["warnings"])
    assert ended.verdict["release"]["previous"] == PREVIOUS


def test_a_new_failure(project: Project, site: Site) -> None:
    """What was sound before the deploy and is broken now is the release's doing."""
    project.environment("shop/prod", site)
    prime(project, site)
    site.answers["/terms"] = status(500, "Internal Server Error")
    assert project.smoke("verify", "shop/prod", "--sha", COMMIT).status == 10


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "lost"])
def test_old_sessions(project: Project, site: Site, workers: str, kept: bool) -> None:
    """A session from before the deploy is kept where only we can read it, and must still be good afterwards."""
    project.environment("shop/prod", site, ACCOUNT)
    project.variables |= CREDENTIALS
    assert "1 sessions" in prime(project, site, "--workers", workers)
    (file,) = (project.directory / ".smoke").rglob("sessions.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert site.session in file.read_text("utf-8")
    old = site.session
    if not kept:
        site.session = "fedcba9876543210fedcba9876543210"
    ended = project.smoke("verify", "shop/prod", "--sha", COMMIT, "--workers", workers)
    assert ended.status == (0 if kept else 10)
    assert ended.outcomes["session/customer"] == ("passed" if kept else "failed")
    written = [one for one in project.reports.rglob("*") if one.is_file() and old.encode() in one.read_bytes()]
    assert written == []


def test_nothing_is_recorded_of_half_a_look(project: Project, site: Site) -> None:
    """A run that broke records no baseline, and says so."""
    project.environment("shop/prod", site)
    plugin = "import os\ndef pytest_runtest_setup(item):\n    os._exit(9)\n"
    (project.directory / "sitecustomize.py").write_text(
        "import sys\nif 'pytest' in sys.orig_argv: sys.argv.insert(1, '-pforeign_plugin')\n", "utf-8"
    )
    project.plugin(plugin)
    ended = project.started_in_full(*project.command("prime", "shop/prod"))
    assert ended.status == 20
    assert "no baseline" in ended.out
    assert [one for one in (project.directory / ".smoke").rglob("*") if one.is_file()] == []


def test_what_will_be_deployed_is_not_expected_yet(project: Project, site: Site) -> None:
    """The commit that is about to come is announced only; what was live before that is nobody's to say."""
    project.environment("shop/prod", site)
    primed = project.smoke("prime", "shop/prod", "--sha", "4" * 40)
    assert (primed.status, "any release" in primed.out) == (0, True)
    assert project.smoke("prime", "shop/prod", "--previous", COMMIT).status == 4


@pytest.mark.parametrize("recorded", [True, False])
def test_only_a_baseline_begins_a_deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded: bool) -> None:
    """Where no baseline could be recorded nothing is deployed, so that no canary stands aside, and nobody is told."""
    told: list[str] = []
    monkeypatch.setattr(command, "supervised", lambda chosen, *_, **__: 0 if recorded else chosen.smoke_run_id and 20)
    monkeypatch.setattr(announcements, "deploy_begins", lambda *_: told.append("canary"))
    monkeypatch.setattr(deploys, "deploy_begins", lambda *_: told.append("people"))
    if recorded:
        baseline.save(tmp_path / ".smoke", "shop/prod", baseline.Baseline("one", 1.0, {}, {}))
    (tmp_path / "environments").mkdir()
    monkeypatch.chdir(tmp_path)
    status = main(["prime", "shop/prod", "--run-id=one"])
    assert (status, told) == ((0, ["canary", "people"]) if recorded else (20, []))
