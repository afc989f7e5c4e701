"""A crash of the suite itself, of somebody's plugin or of a worker never looks like a pass, nor like a fail."""

import pytest

from tests.plugin.project import Project
from tests.plugin.site import Site, status

WAYS = pytest.mark.parametrize("ways", [[], ["-n2"]], ids=["alone", "xdist"])

IN_A_CHECK = """
from smoke.checks.pages import PageCheck
async def broken(self, world, round_number):
    raise RuntimeError("a bug of ours")
PageCheck.observe = broken
"""

IN_SETUP = """
def pytest_runtest_setup(item):
    if "page/terms" in item.nodeid:
        raise RuntimeError("a bug of somebody's")
"""

IN_TEARDOWN = """
def pytest_runtest_teardown(item):
    if "page/terms" in item.nodeid:
        raise RuntimeError("a bug of somebody's")
"""

IN_THE_PROTOCOL = """
def pytest_runtest_protocol(item):
    if "page/terms" in item.nodeid:
        raise RuntimeError("a bug of somebody's")
"""

IN_REPORTING = """
def pytest_runtest_logreport(report):
    if "page/terms" in report.nodeid:
        raise RuntimeError("a bug of somebody's")
"""

IN_COLLECTION = """
def pytest_collection_modifyitems(items):
    raise RuntimeError("a bug of somebody's")
"""

AT_THE_END = """
def pytest_sessionfinish(session):
    raise RuntimeError("a bug of somebody's")
"""

DESELECTING = """
def pytest_collection_modifyitems(items):
    items[:] = [one for one in items if "page/terms" not in one.nodeid]
"""

NEVER_COLLECTING = """
def pytest_ignore_collect(collection_path):
    return True if collection_path.name == "test_functional.py" else None
"""

STOPPING = """
import pytest
def pytest_runtest_setup(item):
    if "page/terms" in item.nodeid:
        pytest.exit("enough")
"""

DYING = """
import os, pathlib, signal
def pytest_runtest_setup(item):
    if "page/terms" in item.nodeid:
        with pathlib.Path(__file__).with_name("died").open("a") as file:
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
"""

NO_TEST = """
import pytest
def pytest_runtest_setup(item):
    pytest.skip("not today")
"""


@WAYS
@pytest.mark.parametrize("code", [IN_A_CHECK, IN_SETUP], ids=["check", "setup"])
def test_one_check_breaks(project: Project, site: Site, code: str, ways: list[str]) -> None:
    """A check that broke is undecided, says how, and holds the verdict; the others are what they are."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(code), *ways)
    assert ended.status == 20
    assert ended.outcomes["page/terms"] == "undecided"
    assert ended.checks["page/terms"]["cause"] == "suite"
    assert "RuntimeError: a bug of" in ended.checks["page/terms"]["message"]
    assert ended.outcomes["read/items"] == "passed"


@WAYS
def test_what_was_made_stays_made(project: Project, site: Site, ways: list[str]) -> None:
    """What breaks after a check was made is noted, and takes nothing back."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(IN_TEARDOWN), *ways)
    assert ended.status == 0
    assert any("a bug of somebody's" in one for one in ended.verdict["warnings"])


@WAYS
@pytest.mark.parametrize("code", [IN_THE_PROTOCOL, IN_REPORTING], ids=["protocol", "report"])
def test_an_internal_error(project: Project, site: Site, code: str, ways: list[str]) -> None:
    """Pytest's INTERNALERROR, here or in a worker, is an incomplete verdict that names the error, and comes soon."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(code), *ways)
    assert ended.status == 20
    assert ended.verdict["verdict"] == "inconclusive"
    assert not ended.verdict["complete"]
    assert "a bug of somebody's" in ended.verdict["summary"]
    assert "a bug of somebody's" in ended.err
    assert ended.verdict["duration_s"] < 30


@WAYS
def test_collection_breaks(project: Project, site: Site, ways: list[str]) -> None:
    """Where nothing could be collected, the exit status says neither pass nor fail."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(IN_COLLECTION), *ways)
    assert ended.status == 20
    assert "a bug of somebody's" in ended.err


@WAYS
@pytest.mark.parametrize("code", [DESELECTING, NEVER_COLLECTING], ids=["deselected", "not collected"])
def test_somebody_takes_checks_away(project: Project, site: Site, code: str, ways: list[str]) -> None:
    """What a plugin keeps from being made is missed."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(code), *ways)
    assert ended.status == 20
    assert "not selected" in str(ended.checks)


@WAYS
def test_somebody_stops_the_session(project: Project, site: Site, ways: list[str]) -> None:
    """`pytest.exit` is an interruption, and the verdict says whose words it was."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(STOPPING), *ways)
    assert ended.status == 20
    assert not ended.verdict["complete"]
    assert "enough" in ended.verdict["summary"] or ways


def test_a_worker_dies(project: Project, site: Site) -> None:
    """The check that took its worker with it is undecided; a new worker makes the rest, and not that check again."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(DYING), "-n2")
    assert ended.status == 20
    assert ended.outcomes["page/terms"] == "undecided"
    assert "crashed" in ended.checks["page/terms"]["message"]
    assert (project.directory / "died").read_text() == "x"
    assert ended.outcomes["read/items"] == "passed"


def test_skipped_everywhere(project: Project, site: Site) -> None:
    """Items that a plugin skips in every worker have no result, and so the verdict holds."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(NO_TEST), "-n2")
    assert ended.status == 20
    assert ended.outcomes["page/terms"] == "skipped"


def test_the_verdict_outlives_what_comes_after(project: Project, site: Site) -> None:
    """What breaks once the verdict is given changes neither the file nor that it was a pass."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", project.plugin(AT_THE_END))
    assert ended.status not in {10, 20}
    assert ended.verdict["verdict"] == "pass"


@WAYS
@pytest.mark.parametrize("stop", ["-x", "--maxfail=1"])
def test_stopping_at_the_first_failure(project: Project, site: Site, stop: str, ways: list[str]) -> None:
    """Who stops early on purpose hears of the failure that stopped it: it is a fail, though not complete."""
    site.answers["/account"] = status(200, "everybody's account")
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", stop, *ways)
    assert ended.status == 10
    assert [one["check"] for one in ended.verdict["reasons"]] == ["protected/account"]
