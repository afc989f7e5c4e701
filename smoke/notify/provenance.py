"""Who made a release and what it changes, from the repository and the pipeline around us, as far as they tell."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace

from smoke.notify.event import DeployNews, Event
from smoke.verdict.release import is_commit, normalise

GIT_S = 2.0
"""A repository that takes longer tells nothing."""

COMMITS = 20
"""Commits that a changelog lists."""


OF_A_RELEASE = frozenset({DeployNews.START, DeployNews.PASS, DeployNews.FAIL, DeployNews.INCONCLUSIVE})


def completed(event: Event, environ: Mapping[str, str]) -> Event:
    """Return *event* with author, changelog and links, as far as it lacks them and they can be found out."""
    found: dict[str, str] = links(event.commit, event.previous, environ)
    base = environ.get("SMOKE_REPORTS_URL", "").rstrip("/")
    if base and event.report:
        found["report"] = f"{base}/{event.report}"
    event = replace(event, links={**found, **event.links})
    if event.news not in OF_A_RELEASE:
        return event
    return replace(
        event,
        author=event.author or author(event.commit, environ),
        changelog=event.changelog or changelog(event.commit, event.previous),
    )


def author(commit: str | None, environ: Mapping[str, str]) -> str:
    """Return who wrote *commit*, or who started the pipeline, or nothing."""
    written = _git("log", "-1", "--format=%an", str(normalise(commit))) if commit and is_commit(commit) else ""
    return written or environ.get("GITHUB_ACTOR") or environ.get("GITLAB_USER_LOGIN") or ""


def changelog(commit: str | None, previous: str | None) -> str:
    """Return the first lines of the commits between *previous* and *commit*, the newest first, or nothing."""
    if not (commit and previous and is_commit(commit) and is_commit(previous)):
        return ""
    between = f"{normalise(previous)}..{normalise(commit)}"
    return _git("log", "--no-merges", f"--max-count={COMMITS}", "--format=%h %s", between)


def links(commit: str | None, previous: str | None, environ: Mapping[str, str]) -> dict[str, str]:
    """Return where pipeline, commit and changes can be seen, from the variables of GitHub, GitLab or Jenkins."""
    found: dict[str, str] = {}
    if environ.get("GITHUB_ACTIONS") == "true":
        repository = f"{environ.get('GITHUB_SERVER_URL')}/{environ.get('GITHUB_REPOSITORY')}"
        found["pipeline"] = f"{repository}/actions/runs/{environ.get('GITHUB_RUN_ID')}"
        commits, compare = f"{repository}/commit", f"{repository}/compare"
    elif environ.get("GITLAB_CI") == "true":
        found["pipeline"] = environ.get("CI_PIPELINE_URL") or environ.get("CI_JOB_URL", "")
        repository = f"{environ.get('CI_PROJECT_URL')}/-"
        commits, compare = f"{repository}/commit", f"{repository}/compare"
    else:
        return {"pipeline": environ["BUILD_URL"]} if environ.get("JENKINS_URL") and environ.get("BUILD_URL") else {}
    if commit and is_commit(commit):
        found["commit"] = f"{commits}/{normalise(commit)}"
        if previous and is_commit(previous):
            found["changes"] = f"{compare}/{normalise(previous)}...{normalise(commit)}"
    return found


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and nothing but commits in it
            ["git", *arguments, "--"],  # noqa: S607 - the pipeline's own git
            capture_output=True,
            timeout=GIT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
