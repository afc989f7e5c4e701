"""`smoke serve`: who may ask, and how a run is made."""

import asyncio
import sys
from pathlib import Path

import pytest

from smoke.cli import main, parser
from smoke.commands import serve
from smoke.serve.runs import Asked
from tests.plugin.project import Project
from tests.plugin.site import COMMIT, Site

VERIFY = """#!/bin/sh
[ -z "$SMOKE_SERVE_TOKEN" ] || exit 1
echo "$@" > {calls}
for one in "$@"; do case $one in --run-id=*) run=${{one#--run-id=}};; esac; done
mkdir -p {reports}/shop/prod/$run
[ -n "{verdict}" ] && echo '{{"verdict": "{verdict}"}}' > {reports}/shop/prod/$run/verdict.json
exit 10
"""


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (["shop/prod"], {}, "lets nobody in without a token: the variable SMOKE_SERVE_TOKEN is not set"),
        (["shop/prod"], {"SMOKE_SERVE_TOKEN": "short"}, "has 5 characters, but at least 16 are needed"),
        (["shop/none"], {"SMOKE_SERVE_TOKEN": "x" * 16}, "shop/none"),
    ],
)
def test_nothing_is_served(  # noqa: PLR0913, PLR0917 - three tables' columns, three fixtures
    project: Project,
    site: Site,
    arguments: list[str],
    variables: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a token that cannot be guessed, and for an environment that is not there, no server is started."""
    project.environment("shop/prod", site)
    monkeypatch.chdir(project.directory)
    monkeypatch.delenv("SMOKE_SERVE_TOKEN", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["serve", *arguments]) == 4
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["8087", ":8087", "host:", "host:0", "host:65536", "host:x"])
def test_wrong_address(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no address is said in one sentence."""
    with pytest.raises(SystemExit):
        parser().parse_args(["serve", "shop/prod", "--listen", wrong])
    assert "HOST:PORT is needed" in capsys.readouterr().err


@pytest.mark.parametrize(("verdict", "found"), [("fail", "fail"), ("", "inconclusive")])
def test_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verdict: str, found: str) -> None:
    """A run is `smoke verify` with the options of the server, without its token; without a verdict it is undecided."""
    (tmp_path / "environments").mkdir()
    program = tmp_path / "python"
    program.write_text(VERIFY.format(calls=tmp_path / "calls", reports=tmp_path / "r", verdict=verdict), "utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("SMOKE_SERVE_TOKEN", "x" * 16)
    monkeypatch.chdir(tmp_path)
    chosen = parser().parse_args(["serve", "shop/prod", "--soak=0", f"--reports={tmp_path / 'r'}"])
    said = asyncio.run(serve._look(chosen, Asked("shop/prod", COMMIT)))
    assert said["verdict"] == found
    called = (tmp_path / "calls").read_text("utf-8")
    assert called.startswith("-m smoke verify shop/prod --run-id=")
    assert f"--sha={COMMIT} --soak=0.0" in called
