"""Journeys as items of a session: a real browser, in one process and in several."""

import stat
from pathlib import Path

import pytest

from tests.plugin.project import JOURNEY, Project
from tests.plugin.site import COMMIT, PREVIOUS, Site, page

WELCOME = """
[[journeys]]
name = "welcome"
path = "/"
landmark = { role = "heading", name = "Welcome" }
stage = "immediate"
"""

QUICK = """
[browser]
timeout_s = 2
"""


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("ways", [[], ["-n2"]], ids=["alone", "xdist"])
def test_green_and_red(project: Project, site: Site, ways: list[str]) -> None:
    """A journey that comes to its landmark passes; one that does not fails, is looked at again, and leaves evidence."""
    site.answers["/orders"] = page("Something else")
    project.environment("shop/prod", site, JOURNEY + WELCOME + QUICK)
    ended = project.pytest("-m", "prod", "--sha", COMMIT, *ways)
    assert ended.status == 10
    assert [one["check"] for one in ended.verdict["reasons"]] == ["journey/orders"]
    assert ended.outcomes["journey/welcome"] == "passed"
    orders = ended.checks["journey/orders"]
    assert orders["rounds"] > 1
    assert orders["evidence"]
    assert all((project.reports / "shop" / "prod" / "latest" / one).is_file() for one in orders["evidence"])
    assert 0 < orders["started_at"] < ended.verdict["duration_s"]
    assert 0 < orders["duration_s"] < ended.verdict["duration_s"]


def test_not_before_the_release_has_settled(project: Project, site: Site) -> None:
    """Where the release is not served no browser is started."""
    site.commit = PREVIOUS
    project.environment("shop/prod", site, JOURNEY, within_s=3)
    ended = project.pytest("-m", "prod", "--sha", COMMIT)
    assert ended.status == 10
    assert ended.outcomes["journey/orders"] == "skipped"
    assert not site.asked["/orders"]


@pytest.mark.usefixtures("short")
def test_by_its_stage(project: Project, site: Site) -> None:
    """A journey belongs to the stage that its environment file says."""
    project.environment("shop/prod", site, JOURNEY + WELCOME)
    ended = project.pytest("-m", "prod and immediate")
    assert ended.outcomes["journey/welcome"] == "passed"
    assert not site.asked["/orders"]


def test_ids_are_those_of_the_plan(project: Project, site: Site) -> None:
    """No browser's name is put behind them, by which the plan would take every journey for deselected."""
    project.environment("shop/prod", site, JOURNEY)
    assert "[shop/prod:journey/orders]" in project.pytest("-m", "prod", "--collect-only", "-q").out


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("ways", [[], ["-n2"]], ids=["alone", "xdist"])
def test_a_visitor_from_before_the_deploy_comes_back(project: Project, site: Site, ways: list[str]) -> None:
    """What priming recorded is private, and is what the visitor comes back with after the deploy."""
    site.answers["/orders"] = page("Orders")
    project.environment("shop/prod", site, JOURNEY + QUICK)
    site.commit = PREVIOUS
    project.pytest("-m", "prod", "--prime", *ways)
    (profile,) = project.directory.rglob("profile.tar.gz")
    assert stat.S_IMODE(profile.stat().st_mode) == 0o600
    assert project.reports not in profile.parents
    site.commit = COMMIT

    assert project.pytest("-m", "prod", "--sha", COMMIT, *ways).outcomes["journey/returning-visitor"] == "passed"


def test_a_useless_ca_bundle(project: Project, site: Site, tmp_path: Path) -> None:
    """A CA bundle that the browser cannot be told of is said before anything is asked."""
    bundle = tmp_path / "ca.pem"
    bundle.write_text("no certificate", "utf-8")
    file = project.environment("shop/prod", site, JOURNEY)
    file.write_text(f'ca = "{bundle}"\n{file.read_text("utf-8")}', "utf-8")
    ended = project.pytest("-m", "prod")
    assert ended.status == 4
    assert "ca.pem" in ended.err
    assert not site.asked
