"""`smoke why` explains runs that were really made."""

from pathlib import Path

import pytest

from smoke.cli import main
from tests.nursery import Nursery
from tests.plugin.project import Project
from tests.plugin.site import COMMIT, Site, serving, status


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, processes: Nursery) -> Path:
    """Return the results of a fail, and of a partial run after it."""
    project = Project(tmp_path_factory.mktemp("recorded"), processes)
    with serving() as site:
        project.environment("shop/prod", site)
        site.answers["/terms"] = status(500, "broken")
        failed = project.smoke("verify", "shop/prod", "--sha", COMMIT, "--run-id=fail")
        assert failed.status == 10
        assert "  since    not known: there is no earlier run" in failed.out
        assert project.pytest("-m", "prod", "-k", "page/home", "--run-id=part").status == 20
    return project.reports


def test_a_fail(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run is explained with what was promised, and the command that repeats the one check."""
    assert main(["why", str(recorded / "shop" / "prod" / "fail")]) == 0
    said = capsys.readouterr().out
    assert "FAIL: roll back web. page/terms: HTTP 500" in said
    assert "✗ page/terms   failed (immediate · web)" in said
    assert "  promised   A page is complete HTML" in said
    assert '  expected   HTML with "Terms"' in said
    assert '  repeat     pytest -m "prod and shop" -k page/terms' in said
    assert "✓ 10 passed" in said


@pytest.mark.parametrize("named", [[], ["shop/prod"]])
def test_the_last(recorded: Path, named: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without a run the last one is explained; a part says that it is one."""
    assert main(["why", *named, f"--reports={recorded}"]) == 0
    said = capsys.readouterr().out
    assert "INCONCLUSIVE: hold. Only a part was verified: 3 of 9" in said
    assert "partial: 6 of 9 required checks were not selected" in said


def test_wrong_usage(project: Project, site: Site) -> None:
    """What is no run is one sentence, and exit status 4."""
    project.environment("shop/prod", site)
    places = (f"--environments={project.directory / 'environments'}", f"--reports={project.reports}")
    for named, said in (((), "verify an environment first"), (("shop/staging",), "neither such a run")):
        ended = project.smoke("why", *named, *places)
        assert (ended.status, ended.out) == (4, "")
        assert said in ended.err
        assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("content", ["[]", "{}", '{"verdict": "pass"}', "garbage"])
def test_no_verdict(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged verdict is said to be one, without a traceback."""
    (tmp_path / "verdict.json").write_text(content, "utf-8")
    assert main(["why", str(tmp_path), f"--reports={tmp_path}"]) == 4
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
