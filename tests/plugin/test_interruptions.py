"""Who interrupts a run gets an honest verdict at once, and no process stays behind."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from time import monotonic

import jsonschema
import psutil
import pytest

from tests.plugin.processes import all_gone, family, pytest_of
from tests.plugin.project import JOURNEY, Ended, Project, eventually
from tests.plugin.site import Site, silent
from tests.plugin.test_verdicts import SCHEMA

SOON_S = 15.0
"""Three seconds of grace are allowed for; a busy machine is slow."""


DEAF = """
import pathlib, signal, time
def pytest_runtest_setup(item):
    if hasattr(item.config, "workerinput"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        pathlib.Path(__file__).with_name("deaf").touch()
        time.sleep(60)
"""


@contextmanager
def waiting(project: Project, site: Site, arguments: list[str], path: str = "/terms") -> Iterator[Popen[str]]:
    """Start a run and wait until it waits for an answer that does not come."""
    with project.started(*arguments) as process:
        assert eventually(lambda: site.asked[path] or process.poll() is not None)
        assert process.poll() is None, project.end(process)
        yield process


def is_honest(ended: Ended, said: str) -> bool:
    """Tell whether the verdict on disk says that the run did not finish, and why."""
    jsonschema.validate(ended.verdict, SCHEMA)
    assert ended.verdict["verdict"] == "inconclusive"
    assert not ended.verdict["complete"]
    return said in ended.verdict["summary"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("way", ["pytest", "xdist", "verify"])
def test_a_signal(project: Project, site: Site, way: str, number: signal.Signals) -> None:
    """SIGINT and SIGTERM end a run within seconds: exit status 20, a verdict that names the signal, nobody left."""
    site.answers["/terms"] = silent
    project.environment("shop/prod", site)
    arguments = {
        "pytest": project.session("-m", "prod"),
        "xdist": project.session("-m", "prod", "-n2"),
        "verify": project.command("verify", "shop/prod"),
    }
    with waiting(project, site, arguments[way]) as process:
        assert way == "xdist" or eventually(lambda: '"check": "page/home"' in _log(project))
        started, sent_at = family(process), monotonic()
        process.send_signal(number)
        ended = project.end(process)
        assert monotonic() - sent_at < SOON_S
        assert all_gone(started)
    assert ended.status == 20
    assert is_honest(ended, f"interrupted by {number.name}")
    assert "INCONCLUSIVE" in ended.out
    assert way == "xdist" or ended.outcomes["page/home"] == "passed"
    assert not list(project.directory.glob("smokegate-*"))


def test_a_worker_that_does_not_listen(project: Project, site: Site) -> None:
    """Whatever keeps a worker from ending, the run ends without it, and leaves nothing of it behind."""
    project.environment("shop/prod", site)
    with project.started(*project.session("-m", "prod", "-n2", project.plugin(DEAF))) as process:
        assert eventually((project.directory / "deaf").exists)
        started, sent_at = family(process), monotonic()
        process.send_signal(signal.SIGINT)
        ended = project.end(process)
        assert monotonic() - sent_at < SOON_S
        assert all_gone(started)
    assert ended.status == 20
    assert is_honest(ended, "interrupted by SIGINT")


def test_impatience(project: Project, site: Site) -> None:
    """Pressing Ctrl-C again and again neither hastens the end nor spoils it."""
    site.answers["/terms"] = silent
    project.environment("shop/prod", site)
    with waiting(project, site, project.session("-m", "prod")) as process:
        for _ in range(5):
            process.send_signal(signal.SIGINT)
        ended = project.end(process)
    assert ended.status == 20
    assert is_honest(ended, "interrupted by SIGINT")


def test_the_child_is_killed(project: Project, site: Site) -> None:
    """When the session is killed the supervisor concludes from what it had logged, and replay says the same."""
    site.answers["/terms"] = silent
    project.environment("shop/prod", site)
    with waiting(project, site, project.command("verify", "shop/prod", "--workers=2")) as process:
        assert eventually(lambda: '"check": "page/home"' in _log(project))
        started = family(process)
        pytest_of(process).kill()
        ended = project.end(process)
        assert all_gone(started)
    assert ended.status == 20
    assert is_honest(ended, "killed by SIGKILL")
    assert ended.outcomes["page/home"] == "passed"
    assert "INCONCLUSIVE" in ended.out
    assert not list(project.directory.glob("smokegate-*"))
    replayed = project.smoke("replay", "--json", str(project.reports / "shop/prod/latest"))
    assert replayed.status == 20
    assert ended.verdict["summary"] in replayed.out


def test_the_child_is_killed_before_it_begins(project: Project, site: Site) -> None:
    """Even a session that dies while it starts leaves a verdict file, of every check that it was to make."""
    project.environment("shop/prod", site)
    project.variables["PYTHONPATH"] = str(project.directory)
    code = "import os, sys\nif 'pytest' in sys.orig_argv: os.kill(os.getpid(), 9)\n"
    (project.directory / "sitecustomize.py").write_text(code, "utf-8")
    ended = project.started_in_full(*project.command("verify", "shop/prod"))
    assert ended.status == 20
    assert is_honest(ended, "before it had begun")
    found = project.reports / "shop" / "prod" / "latest"
    assert {"verdict.json", "events.jsonl", "junit.xml", "report.html"} <= {one.name for one in found.iterdir()}


def test_the_supervisor_is_killed(project: Project, site: Site) -> None:
    """The session notices that nobody supervises it any more, and ends with an honest verdict."""
    site.answers["/terms"] = silent
    project.environment("shop/prod", site)
    with waiting(project, site, project.command("verify", "shop/prod")) as process:
        started = family(process)
        process.kill()
        ended = project.end(process)
        assert all_gone(started, SOON_S)
    assert is_honest(ended, "the supervisor died")


def test_the_child_is_stopped(project: Project, site: Site) -> None:
    """A session that does not run any more is killed when its time is up, and a verdict is there."""
    site.answers["/terms"] = silent
    project.environment("shop/prod", site)
    with waiting(project, site, project.command("verify", "shop/prod", "--budget=4")) as process:
        began, started = monotonic(), family(process)
        pytest_of(process).suspend()
        ended = project.end(process)
        assert monotonic() - began < 4 + 6 + SOON_S
        assert all_gone(started)
    assert ended.status == 20
    assert is_honest(ended, "hung beyond its budget")


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_browsers_end_too(project: Project, site: Site, short: Path, end: str) -> None:
    """Neither a browser nor its driver survives an interrupted or killed journey, nor do their files."""
    site.answers["/orders"] = silent
    project.environment("shop/prod", site, JOURNEY)
    with waiting(project, site, project.command("verify", "shop/prod"), "/orders") as process:
        started = family(process)
        assert any("chrom" in one.name() or "headless" in one.name() for one in started), started
        getattr(pytest_of(process), end)()
        ended = project.end(process)
        assert all_gone(started)
    assert ended.status == 20
    assert not ended.verdict["complete"]
    assert list(short.iterdir()) == []


def _log(project: Project) -> str:
    return "".join(file.read_text("utf-8") for file in project.reports.glob("*/*/latest/events.jsonl"))


def test_a_family_is_seen(project: Project) -> None:
    """What looks for processes left behind does find processes."""
    with project.started(
        "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])", stdin=-1
    ) as process:
        assert eventually(lambda: family(process))
        (child,) = family(process)
        assert isinstance(child, psutil.Process)
        assert not all_gone([child], 0.1)
        process.kill()
        child.kill()
        assert all_gone([child])
