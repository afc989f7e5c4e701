"""What `smoke history` prints fits the terminal, and says where it was cut."""

from argparse import Namespace
from dataclasses import replace

import pytest

from smoke.cli import main
from smoke.commands import history
from smoke.history.records import Deploy, PastIncident, Run, RunKind
from tests.plugin.project import Project
from tests.plugin.site import COMMIT, Site

RUN = Run("r", "shop/prod", RunKind.SCHEDULED, 1_790_000_000.0, 1_790_000_009.0, standing="failing", live=COMMIT)


@pytest.mark.parametrize("summary", ["short", "one thing after the other, " * 9])
def test_eighty_columns(summary: str) -> None:
    """No line is wider than the terminal; a cut one ends in an ellipsis, and a commit is as short as people read it."""
    run = replace(RUN, summary=summary)
    deploy = Deploy(1, "shop/prod", RUN.began_at, COMMIT, None, RUN.began_at, "inconclusive")
    names = tuple(f"read/{number}" for number in range(40))
    incident = PastIncident("i", "shop/prod", "failing", "error", RUN.began_at, RUN.began_at, checks=names)
    lines = list(history._lines(Namespace(environment="shop/prod", since=86_400.0), [run], [incident], [deploy]))
    assert all(len(line) <= 80 for line in lines)
    assert any(line.endswith(f"deploy {COMMIT[:7]}  verified: inconclusive") for line in lines)
    assert lines[1].endswith("short" if summary == "short" else "…")
    assert lines[-1].endswith("…")


def test_a_name_that_is_none(
    project: Project, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of an environment that nobody has looked at there is nothing to say; of one that is not there it is said."""
    project.environment("shop/prod", site)
    monkeypatch.chdir(project.directory)
    assert main(["history", "shop/prod"]) == 0
    assert main(["history", "shop/prof"]) == 4
    assert "shop/prof" in capsys.readouterr().err
