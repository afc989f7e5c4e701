"""`smoke guard` and `smoke rollback` end to end, on a real site whose release a command switches."""

import json
import sys
from typing import Any

import pytest

from tests.plugin.project import Ended, Project, eventually
from tests.plugin.site import COMMIT, PREVIOUS, Ask, Site, status

PATIENCE_S = 240.0
"""A guarded deployment is three runs, and the machine may be busy."""

ASK = "import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], method='POST'), timeout=100)"

ROLLBACK = """
[services.web.rollback]
procedure = "switch back"
command = {command}
"""


@pytest.fixture
def switched(site: Site) -> Site:
    """Return the site with the release before, and a switch for each way."""

    def switch(commit: str, terms: int) -> Any:
        def answer(ask: Ask) -> None:
            site.commit = commit
            if terms != 200:
                site.answers["/terms"] = status(terms, "Internal Server Error")
            else:
                site.answers["/terms"] = terms_before
            ask.say(200, b"{}")

        return answer

    terms_before = site.answers["/terms"]
    site.commit = PREVIOUS
    site.answers["/deploy/good"] = switch(COMMIT, 200)
    site.answers["/deploy/bad"] = switch(COMMIT, 500)
    site.answers["/deploy/back"] = switch(PREVIOUS, 200)
    return site


def asking(site: Site, path: str, status: int = 0) -> list[str]:
    """Return a command that asks the site to switch, and ends with *status*."""
    return [sys.executable, "-c", f"{ASK}; sys.exit({status})", f"{site.url}{path}"]


def environment(
    project: Project, site: Site, back: str = "/deploy/back", more: str = "", ending: int = 0, **settings: object
) -> None:
    """Write an environment whose web is rolled back by a command."""
    text = ROLLBACK.format(command=json.dumps(asking(site, back, ending)))
    project.environment("shop/prod", site, text + more, **settings)


def hanging(site: Site) -> Any:
    """Return an answer that takes its time, or until the site ends."""

    def answer(ask: Ask) -> None:
        site.ended.wait(60)
        ask.say(200, b"{}")

    return answer


def guard(project: Project, *deploy: str, options: tuple[str, ...] = ()) -> Ended:
    """Guard a deployment of the commit."""
    command = project.command("guard", "shop/prod", "--sha", COMMIT, *options, "--", *deploy)
    return project.run(*command, within_s=PATIENCE_S)


def story(project: Project, kind: str = "guard") -> dict[str, Any]:
    """Return the newest report of a guarded deployment."""
    files = sorted(project.reports.glob(f"shop/prod/*-{kind}/guard.json"), key=lambda one: one.stat().st_mtime)
    return dict(json.loads(files[-1].read_text("utf-8")))


def test_good_deploy_is_promoted(project: Project, switched: Site) -> None:
    """A good release goes through: nothing is rolled back, and the exit status is the verdict's."""
    environment(project, switched)
    ended = guard(project, *asking(switched, "/deploy/good"))
    told = story(project)
    assert (ended.status, told["outcome"], told["restored"]) == (0, "promoted", None)
    assert [one["name"] for one in told["steps"]] == ["prime", "deploy", "verify"]
    assert told["previous"] == PREVIOUS
    assert "PROMOTED" in ended.out
    assert switched.commit == COMMIT


def test_bad_deploy_is_rolled_back_and_proven(project: Project, switched: Site) -> None:
    """A bad release is rolled back by the environment's command, and every replica is seen to serve the old one."""
    environment(project, switched)
    ended = guard(project, *asking(switched, "/deploy/bad"))
    told = story(project)
    assert (ended.status, told["outcome"], told["restored"]) == (10, "restored", True)
    assert [one["name"] for one in told["steps"]] == ["prime", "deploy", "verify", "rollback", "proof"]
    assert all(one["well"] for one in told["steps"] if one["name"] != "verify")
    assert told["restored_in_s"] < told["restore_within_s"] == 300
    assert switched.commit == PREVIOUS
    markdown = next(project.reports.glob("shop/prod/*-guard/guard.md")).read_text("utf-8")
    assert "RESTORED" in markdown
    assert PREVIOUS[:7] in markdown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sha", COMMIT), "needs the deploy command behind `--`"),
        (("--", "true"), "needs the commit that is deployed"),
    ],
)
def test_wrong_usage_changes_nothing(project: Project, switched: Site, arguments: tuple[str, ...], said: str) -> None:
    """What is missing is said before anything is done."""
    environment(project, switched)
    ended = project.smoke("guard", "shop/prod", *arguments)
    assert ended.status == 4
    assert said in ended.err


def test_killed_guard_is_not_forgotten(project: Project, switched: Site) -> None:
    """A guard that is killed while rolling back leaves a report that says so, and the next one begins nothing."""
    switched.answers["/deploy/back"] = hanging(switched)
    environment(project, switched)
    arguments = project.command("guard", "shop/prod", "--sha", COMMIT, "--", *asking(switched, "/deploy/bad"))
    with project.started(*arguments) as process:
        assert eventually(lambda: switched.asked["/deploy/back"], 200)
        process.kill()
        process.wait()
    assert story(project)["outcome"] == "unfinished"
    switched.ended.set()
    ended = guard(project, *asking(switched, "/deploy/good"))
    assert (ended.status, story(project)["outcome"]) == (20, "refused")
    assert "never ended" in ended.out


def test_rollback_on_its_own(project: Project, switched: Site) -> None:
    """`smoke rollback` does the second half alone: once, for a verdict that calls for it."""
    environment(project, switched)
    assert project.smoke("prime", "shop/prod").status == 0
    switched.commit, switched.answers["/terms"] = COMMIT, status(500, "Internal Server Error")
    assert project.smoke("verify", "shop/prod", "--sha", COMMIT).status == 10
    failed = (project.reports / "shop" / "prod" / "latest").resolve()
    ended = project.smoke("rollback", "shop/prod")
    assert (ended.status, story(project, "rollback")["outcome"]) == (0, "restored")
    assert project.smoke("rollback", "shop/prod", f"--run={failed}").status == 20
    refused = project.smoke("rollback", "shop/prod")
    assert refused.status == 4
    assert "nothing is to be rolled back" in refused.err
