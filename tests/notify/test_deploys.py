"""What `smoke prime` and `smoke verify --sha` announce, and where the words come from."""

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from smoke.errors import ConfigurationError
from smoke.notify import deploys, provenance
from tests.notify.slack import TOKEN, Slack
from tests.outputs import verdicts

FILE = """
tier = "prod"
[services.web]
url = "https://portal.example.jp"
[notify.slack]
token = { env = "SLACK_TOKEN" }
channel = "#deploys"
api = "@/api"
"""
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/portal",
    "GITHUB_RUN_ID": "77",
    "GITHUB_ACTOR": "mika",
}


@pytest.fixture
def chosen(tmp_path: Path, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """Return the options of a project that tells Slack, outside of any repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    file = tmp_path / "environments" / "portal" / "prod.toml"
    file.parent.mkdir(parents=True)
    file.write_text(FILE.replace("@", slack.url), "utf-8")
    return argparse.Namespace(
        environment="portal/prod",
        smoke_environments=tmp_path / "environments",
        smoke_release=None,
        announced_sha=None,
        announced_release=None,
    )


def run(directory: Path, verdict: dict[str, Any]) -> Path:
    """Return the directory of a run that gave *verdict*."""
    directory.mkdir()
    (directory / "verdict.json").write_text(json.dumps(verdict), "utf-8")
    return directory


def test_the_whole_way(tmp_path: Path, chosen: argparse.Namespace, slack: Slack) -> None:
    """A primed and verified release is one thread; the manifest tells who and what, the pipeline where."""
    manifest = tmp_path / "release.toml"
    manifest.write_text(f'commit = "{verdicts.COMMIT}"\nauthor = "Mika"\nchangelog = "Sort invoices"\n', "utf-8")
    environ = {"SLACK_TOKEN": TOKEN, "SMOKE_REPORTS_URL": "https://ci.example/reports/", **GITHUB}
    chosen.announced_release = chosen.smoke_release = manifest
    deploys.deploy_begins(chosen, environ, deploys.announced(chosen))
    late = {**verdicts.failing(), "finished_at": "2030-01-01T00:00:00Z"}
    chosen.smoke_environments = str(chosen.smoke_environments)
    deploys.deploy_verified(chosen, environ, run(tmp_path / "late", late))  # hours later: a thread of its own
    assert [len(one) for one in slack.threads()] == [1, 1]
    begun, failed = (str(one["blocks"]) for one in slack.deploys.messages)
    for part in ("Mika", "Sort invoices", "https://github.com/acme/portal/actions/runs/77|pipeline"):
        assert part in begun
        assert part in failed
    assert f"https://github.com/acme/portal/compare/{verdicts.BEFORE}...{verdicts.COMMIT}|changes" in failed
    assert "https://ci.example/reports/portal/prod/20261121T100200Z-1f3a9c/report.html|report" in failed


def test_without_a_commit(tmp_path: Path, chosen: argparse.Namespace, slack: Slack) -> None:
    """A run that expects no release, a baseline and a run without a verdict are no news of a deploy."""
    environ = {"SLACK_TOKEN": TOKEN}
    nothing: dict[str, Any] = {"expected": None, "previous": None, "observed": {}}
    deploys.deploy_verified(chosen, environ, run(tmp_path / "live", {**verdicts.passing(), "release": nothing}))
    deploys.deploy_verified(chosen, environ, tmp_path / "nowhere")
    assert slack.calls == []
    assert deploys.announced(chosen) is None
    deploys.deploy_begins(chosen, environ, None)
    assert slack.threads() == [["\N{BLACK RIGHT-POINTING TRIANGLE} portal/prod: a deploy begins"]]


def test_a_wrong_commit(chosen: argparse.Namespace) -> None:
    """What is announced wrongly is wrong usage, before anything is done."""
    chosen.announced_sha = "not-a-commit"
    with pytest.raises(ConfigurationError, match="--sha: found 'not-a-commit'"):
        deploys.announced(chosen)


class TestProvenance:
    """Who made a release, from what is around us."""

    def test_git(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Author and changes come from the repository that we stand in."""
        monkeypatch.chdir(tmp_path)
        commits = [commit(tmp_path, words) for words in ("Begin", "Sort invoices", "Fix a typo")]
        assert provenance.author(commits[2], {"GITHUB_ACTOR": "mika"}) == "Aiko"
        said = provenance.changelog(commits[2], commits[0]).splitlines()
        assert [line.partition(" ")[2] for line in said] == ["Fix a typo", "Sort invoices"]
        assert provenance.changelog(commits[2], "1234567") == ""
        assert provenance.changelog("--output=x", commits[0]) == ""

    def test_no_repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a repository, or git, the pipeline tells who began it."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        assert provenance.author("9f1c2ab", {"GITHUB_ACTOR": "mika"}) == "mika"
        monkeypatch.setenv("PATH", "")
        assert provenance.author("9f1c2ab", {"GITLAB_USER_LOGIN": "mika"}) == "mika"
        assert provenance.author(None, {}) == ""

    @pytest.mark.parametrize(
        ("environ", "found"),
        [
            ({}, {}),
            (
                {"GITLAB_CI": "true", "CI_PIPELINE_URL": "https://gl/p/1", "CI_PROJECT_URL": "https://gl/acme/portal"},
                {
                    "pipeline": "https://gl/p/1",
                    "commit": "https://gl/acme/portal/-/commit/9f1c2ab",
                    "changes": "https://gl/acme/portal/-/compare/4e77d01...9f1c2ab",
                },
            ),
            ({"JENKINS_URL": "https://j/", "BUILD_URL": "https://j/job/1"}, {"pipeline": "https://j/job/1"}),
        ],
    )
    def test_links(self, environ: dict[str, str], found: dict[str, str]) -> None:
        """Each system's own variables lead to pipeline, commit and changes."""
        assert provenance.links("9f1c2ab", "4e77d01", environ) == found


def commit(repository: Path, words: str) -> str:
    """Make a commit and return its name."""
    git = ["git", "-c", "user.name=Aiko", "-c", "user.email=aiko@example.jp", "-C", str(repository)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", words], check=True)
    done = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return done.stdout.strip()
