"""`smoke replay` computes a verdict again from the events of its run."""

import json
from pathlib import Path

import pytest

from smoke.cli import main
from tests.plugin.project import Project
from tests.plugin.site import Site, status


@pytest.mark.parametrize(("expected", "ways"), [(0, []), (10, []), (10, ["-n2"]), (20, ["-k", "page/home"])])
def test_the_same_again(
    project: Project, site: Site, expected: int, ways: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict of a run and the one that is computed from its events are the same, and so is the exit status."""
    if expected == 10:
        site.answers["/terms"] = status(500, "Internal Server Error")
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", *ways)
    assert ended.status == expected
    latest = str(project.reports / "shop" / "prod" / "latest")
    assert main(["replay", "--json", latest]) == expected
    assert json.loads(capsys.readouterr().out) == ended.verdict
    assert main(["replay", latest]) == expected
    assert capsys.readouterr().out == (
        f"{ended.verdict['verdict'].upper()}: {ended.verdict['action']}. {ended.verdict['summary']}\n"
    )


@pytest.mark.parametrize(
    "content", [None, b"", b"{}\n", b"garbage\n", b"\xff\xfe\n", b'{"event": "plan", "plan": 3}\n', b"[1]\n"]
)
def test_garbage(tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no run's directory is refused in one sentence."""
    if content is not None:
        (tmp_path / "events.jsonl").write_bytes(content)
    assert main(["replay", str(tmp_path)]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert str(tmp_path) in said.err
