"""`smoke canary`, `smoke history` and `smoke status` on a real small site, beside the gate that tells of deploys."""

import json
import signal
import time
from pathlib import Path

import pytest

from smoke import baseline
from smoke.commands._duration import duration
from tests.long import EARLY
from tests.plugin.project import Ended, Project, eventually
from tests.plugin.site import COMMIT, PREVIOUS, Site, status

ALERTS = """
[canary]
confirm_after_s = 0.2
[alerts.channels.dev]
file = "alerts.jsonl"
"""


@pytest.fixture
def project(project: Project, site: Site) -> Project:
    """Return a project with one environment and one channel."""
    project.environment("shop/prod", site, ALERTS)
    return project


def canary(project: Project, *arguments: str) -> Ended:
    """Look once."""
    places = [f"--environments={project.directory / 'environments'}", f"--reports={project.reports}"]
    ended = project.smoke("canary", "shop/prod", *places, *arguments)
    assert ended.err == ""
    return ended


def history(project: Project) -> dict[str, list[dict[str, object]]]:
    """Return what `smoke history --json` prints."""
    ended = project.smoke("history", "shop/prod", "--json", f"--environments={project.directory / 'environments'}")
    return dict(json.loads(ended.out))


def alerts(project: Project) -> list[str]:
    """Return the titles of what was told."""
    file = project.directory / ".smoke" / "alerts.jsonl"
    return [json.loads(line)["title"] for line in file.read_text("utf-8").splitlines()] if file.exists() else []


@EARLY
def test_from_sound_to_failing(project: Project, site: Site) -> None:
    """A sound look is remembered and is the next baseline; a failure is confirmed at once, told once, and shown."""
    assert canary(project).status == 0
    known = baseline.load(project.directory / ".smoke", "shop/prod")
    assert known is not None
    assert known.before["page/terms"].outcome == "passed"
    site.answers["/terms"] = status(500, "Internal Server Error")
    failing = canary(project)
    assert failing.status == 10
    assert "looking again in 0.2 s" in failing.out
    assert canary(project).status == 10
    (title,) = alerts(project)
    assert title.startswith("shop/prod is failing since ")
    assert title.endswith(": page/terms")
    seen = history(project)
    assert [one["kind"] for one in seen["runs"]] == ["scheduled", "scheduled", "confirming", "scheduled"]
    assert [one["standing"] for one in seen["runs"]] == ["sound", "failing", "failing", "failing"]
    assert seen["incidents"][0]["checks"] == ["page/terms"]
    assert "page/terms" in (project.reports / "status.html").read_text("utf-8")
    kept = baseline.load(project.directory / ".smoke", "shop/prod")
    assert kept is not None
    assert kept.run_id == known.run_id
    listed = project.smoke("history", "shop/prod", f"--environments={project.directory / 'environments'}").out
    assert all(len(line) <= 80 for line in listed.splitlines())
    assert "still open: page/terms" in listed


@EARLY
def test_a_deploy(project: Project, site: Site) -> None:
    """Priming makes the canary stand aside, a pass ends that; the release is known, and so is what it replaced."""
    site.commit = PREVIOUS
    assert canary(project).status == 0
    assert project.smoke("prime", "shop/prod").status == 0
    aside = canary(project)
    assert aside.status == 20
    assert "stands aside: a deploy is going on since" in aside.out
    site.commit = COMMIT
    verified = project.smoke("verify", "shop/prod", "--sha", COMMIT)
    assert (verified.status, verified.err) == (0, "")
    assert canary(project).status == 0
    seen = history(project)
    assert [one["standing"] for one in seen["runs"]] == ["sound", "aside", "sound", "sound"]
    assert [one["kind"] for one in seen["runs"]] == ["scheduled", "scheduled", "gate", "scheduled"]
    (deploy,) = seen["deploys"]
    assert (deploy["live"], deploy["previous"], deploy["verdict"]) == (COMMIT, PREVIOUS, "pass")


def test_its_pass_is_the_baseline(project: Project, site: Site) -> None:
    """Without priming the canary's last pass tells what was live and sound before."""
    site.commit = PREVIOUS
    assert canary(project).status == 0
    site.commit = COMMIT
    site.answers["/terms"] = status(500, "Internal Server Error")
    ended = project.smoke("verify", "shop/prod", "--sha", COMMIT)
    assert ended.status == 10
    assert ended.verdict["release"]["previous"] == PREVIOUS
    assert ended.checks["page/terms"]["cause"] == "release"
    assert not any("no baseline" in one for one in ended.verdict["warnings"])


def test_a_gate_without_a_canary(project: Project) -> None:
    """Who keeps no history gets none by verifying."""
    assert project.smoke("verify", "shop/prod").status == 0
    assert not (project.directory / ".smoke" / "history.sqlite").exists()


def test_a_history_that_fails_changes_no_verdict(project: Project) -> None:
    """That the canary could not be told of a deploy is a warning."""
    project.variables["SMOKE_HISTORY_URL"] = "postgresql://u:hunter2@127.0.0.1:1/n"
    ended = project.smoke("verify", "shop/prod", "--sha", COMMIT)
    assert ended.status == 0
    assert ended.err.startswith("WARNING: the canary was not told of this deploy: ")
    assert "hunter2" not in ended.err + ended.out


def test_only_when_due(project: Project) -> None:
    """A scheduler may start it often: it looks only when something is due, and else says how it was."""
    while time.time() % 900 > 870:
        time.sleep(1)  # both starts must lie in one quarter of an hour
    assert canary(project, "--when-due").status == 0
    again = canary(project, "--when-due")
    assert (again.status, again.out) == (0, "")
    assert len(history(project)["runs"]) == 1


def test_by_itself(project: Project, site: Site) -> None:
    """With `--every` it looks in processes of its own until it is told to end, and then ends in time."""
    places = [f"--environments={project.directory / 'environments'}", f"--reports={project.reports}"]
    with project.started("-m", "smoke", "canary", "shop/prod", "--every", "15m", *places) as process:
        assert eventually((project.reports / "status.html").exists, 60)
        process.send_signal(signal.SIGTERM)
        ended = project.end(process)
    assert (ended.status, ended.err) == (0, "")
    assert "shop/prod  sound in" in ended.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop/prod", "--every", "soon"], "15m"),
        (["shop/prod", "--every", "0"], "15m"),
        (["shop/prod", "--every", "15m", "--when-due"], "not allowed with"),
        (["shop/nowhere"], "shop/nowhere"),
        ([], "ENV"),
    ],
)
def test_wrong_usage(project: Project, arguments: list[str], said: str) -> None:
    """A wrong command line is one sentence and exit status 4."""
    places = [f"--environments={project.directory / 'environments'}"]
    ended = project.smoke("canary", *arguments, *places)
    assert (ended.status, ended.out) == (4, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


def test_status_elsewhere(project: Project, tmp_path: Path) -> None:
    """The page can be written wherever a web server finds it."""
    places = [f"--environments={project.directory / 'environments'}", f"--to={tmp_path / 'www'}"]
    ended = project.smoke("status", *places)
    assert ended.out == f"{tmp_path / 'www' / 'status.html'}\n"
    assert "Nothing was looked at yet" in (tmp_path / "www" / "status.html").read_text("utf-8")


@pytest.mark.parametrize(("text", "seconds"), [("900", 900), ("90s", 90), ("15m", 900), ("1h", 3600), ("2d", 172800)])
def test_durations(text: str, seconds: float) -> None:
    """Durations are written as people write them."""
    assert duration(text) == seconds
