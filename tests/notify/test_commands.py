"""`smoke prime` and `smoke verify` as a pipeline runs them, with a Slack beside."""

import pytest

from tests.notify.slack import TOKEN, Slack
from tests.plugin.project import Ended, Project
from tests.plugin.site import COMMIT, PREVIOUS, Site, status

NOTIFY = """
[notify.slack]
token = {{ env = "SLACK_TOKEN" }}
channel = "{channel}"
api = "{url}/api"
"""


def verify(project: Project, site: Site, commit: str) -> Ended:
    """Deploy *commit* and verify it."""
    site.commit = commit
    return project.smoke("verify", "shop/prod", "--sha", commit)


def test_a_deploy_and_its_rollback(project: Project, site: Site, slack: Slack) -> None:
    """The threads of a bad deploy that is rolled back, and of the good one after it, by the commands of a pipeline."""
    project.environment("shop/prod", site, NOTIFY.format(channel="#deploys", url=slack.url))
    project.variables["SLACK_TOKEN"] = TOKEN
    site.commit = PREVIOUS
    assert project.smoke("prime", "shop/prod", "--sha", COMMIT).status == 0
    sound, site.answers["/terms"] = site.answers["/terms"], status(500, "Internal Server Error")
    assert verify(project, site, COMMIT).status == 10
    site.answers["/terms"] = sound
    proof = verify(project, site, PREVIOUS)
    assert (proof.status, proof.err) == (0, "")
    site.commit = PREVIOUS
    assert project.smoke("prime", "shop/prod", "--sha", COMMIT).status == 0
    ended = verify(project, site, COMMIT)
    assert (ended.status, ended.err) == (0, "")
    bad, good = [[one.partition("shop/prod: ")[2].partition(":")[0] for one in thread] for thread in slack.threads()]
    assert bad[0].startswith("the deploy of ")
    assert (bad[1], bad[2].partition(" after ")[0]) == ("FAIL", "ROLLED BACK")
    assert good[1:] == ["PASS"]
    assert TOKEN not in proof.out + str(slack.deploys.messages)


@pytest.mark.parametrize("channel", ["#others", "#deploys"])
def test_a_slack_that_does_not_take_it(project: Project, site: Site, slack: Slack, channel: str) -> None:
    """Whatever becomes of the announcement, verdict and exit status are what they were."""
    slack.busy = ["60"] * 9 if channel == "#deploys" else []
    project.environment("shop/prod", site, NOTIFY.format(channel=channel, url=slack.url))
    project.variables["SLACK_TOKEN"] = TOKEN
    ended = verify(project, site, COMMIT)
    assert (ended.status, ended.verdict["verdict"]) == (0, "pass")
    assert "WARNING: people were not told of this deploy: slack: Slack " in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_run_that_expects_nothing(project: Project, site: Site, slack: Slack) -> None:
    """Who looks without an expected release, as people on call do, tells nobody."""
    project.environment("shop/prod", site, NOTIFY.format(channel="#deploys", url=slack.url))
    project.variables["SLACK_TOKEN"] = TOKEN
    assert project.smoke("verify", "shop/prod").status == 0
    assert slack.calls == []
