"""`smoke verify` gives its verdict within the budget, whatever the target, the reader or the disk does."""

import os
import subprocess
import sys
from time import monotonic, time

import pytest

from smoke import supervisor
from tests.plugin.processes import all_gone, family, watched
from tests.plugin.project import PATIENCE_S, Project, eventually
from tests.plugin.site import (
    COMMIT,
    Answer,
    Ask,
    Site,
    dripping,
    endless_body,
    endless_redirects,
    gzip_bomb,
    silent,
    status,
)

MEMORY = 200_000_000
"""What a process of a run may hold, in bytes, whatever is sent to it."""

LATE_S = 15.0
"""What a run may take beyond its budget: the grace of six seconds, and the start of processes on a busy machine."""


def not_utf8(ask: Ask) -> None:
    """Answer bytes that are no text."""
    ask.say(200, b"\xff\xfe\x00\xd8" * 1000, content_type="text/html; charset=utf-8")


def not_json(ask: Ask) -> None:
    """Promise JSON and break the promise."""
    ask.say(200, b'{"items": [' * 10_000, content_type="application/json")


def closing(ask: Ask) -> None:
    """Close the connection in the middle of the answer."""
    ask.send_response(200)
    ask.send_header("content-length", "1000")
    ask.end_headers()
    ask.wfile.write(b"half of it")
    ask.close_connection = True


def many_headers(ask: Ask) -> None:
    """Answer more headers than anybody needs."""
    ask.say(200, b"Terms", **{f"x_{number}": "x" * 1000 for number in range(500)})


HOSTILE: tuple[Answer, ...] = (
    silent,
    dripping,
    endless_body,
    endless_redirects,
    gzip_bomb,
    not_utf8,
    not_json,
    closing,
    many_headers,
)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.__name__)
def test_hostile_answers(project: Project, site: Site, hostile: Answer) -> None:
    """A route that answers in bad faith is a failed finding within the budget, and costs little memory."""
    site.answers["/terms"] = site.answers["/items"] = hostile
    project.environment("shop/prod", site, timeout_s=1.5, budget_s=30)
    began = monotonic()
    with (
        project.started(*project.command("verify", "shop/prod", "--sha", COMMIT)) as process,
        watched(process) as peak,
    ):
        ended = project.end(process)
    assert monotonic() - began < 30 + LATE_S
    assert ended.status == 10
    assert {one["check"] for one in ended.verdict["reasons"]} == {"page/terms", "read/items"}
    assert ended.verdict["complete"]
    assert 0 < peak.bytes < MEMORY


@pytest.mark.parametrize("hostile", [silent, endless_body, endless_redirects], ids=lambda one: one.__name__)
def test_a_hostile_target(project: Project, site: Site, hostile: Answer) -> None:
    """A target that does not even tell its release is named, and takes no longer than its budget."""
    site.answers = dict.fromkeys(site.answers, hostile)
    project.environment("shop/prod", site, timeout_s=1, within_s=4, budget_s=8)
    began = monotonic()
    ended = project.smoke("verify", "shop/prod", "--sha", COMMIT)
    assert monotonic() - began < 8 + LATE_S
    assert ended.status in {10, 20}
    assert "converge/web" in {one["check"] for one in ended.verdict["reasons"]}


def test_the_budget_is_too_small(project: Project, site: Site) -> None:
    """When the time is up the verdict comes, holds, and says what it still waited for."""
    site.answers["/terms"] = silent
    project.environment("shop/prod", site, timeout_s=60)
    began = monotonic()
    ended = project.smoke("verify", "shop/prod", "--budget", "3")
    assert monotonic() - began < 3 + LATE_S
    assert ended.status == 20
    assert not ended.verdict["complete"]
    assert ended.verdict["budget_s"] == 3
    assert ended.outcomes["page/terms"] == "undecided"
    assert "budget" in ended.checks["page/terms"]["message"]


@pytest.mark.parametrize(("budget_s", "ways"), [(5, []), (10, ["-n2"])], ids=["alone", "xdist"])
def test_the_suite_itself_hangs(project: Project, site: Site, budget_s: int, ways: list[str]) -> None:
    """A hang of our own is ended from a thread of its own, with what was found until then; no worker stays."""
    project.environment("shop/prod", site)
    plugin = project.plugin(
        "import threading\ndef pytest_runtest_setup(item):\n"
        "    if 'page/terms' in item.nodeid: threading.Event().wait()\n"
    )
    began = monotonic()
    with project.started(*project.session("-m", "prod", f"--budget={budget_s}", plugin, *ways)) as process:
        assert eventually(lambda: site.asked["/terms"])
        started = family(process)
        ended = project.end(process)
        assert all_gone(started)
    assert monotonic() - began < budget_s + LATE_S
    assert ended.status == 20
    assert not ended.verdict["complete"]
    assert "the budget ended and something still hung" in ended.verdict["summary"]
    assert ended.outcomes["converge/web"] == "passed"


def test_names_that_hang(project: Project, site: Site) -> None:
    """A name server that does not answer cannot be interrupted, and keeps nobody all the same."""
    project.environment("shop/prod", site, url="https://shop.example", timeout_s=1, within_s=3, budget_s=6)
    plugin = project.plugin(
        "import socket, threading\nsocket.getaddrinfo = lambda *_, **__: threading.Event().wait(40)\n"
    )
    began = monotonic()
    ended = project.pytest("-m", "prod", plugin)
    assert monotonic() - began < 6 + LATE_S
    assert ended.status == 20
    assert "release" not in {one["cause"] for one in ended.verdict["reasons"]}


@pytest.mark.parametrize("way", ["pytest", "pytest -v", "verify"])
@pytest.mark.parametrize(("fault", "expected"), [(False, 0), (True, 10)], ids=["green", "red"])
def test_nobody_reads_on(project: Project, site: Site, way: str, fault: bool, expected: int) -> None:
    """A reader that closes the pipe at once, as `head -1` does, changes neither the verdict nor the exit status."""
    if fault:
        site.answers["/terms"] = status(500, "Internal Server Error")
    project.environment("shop/prod", site)
    with project.started(*_arguments(project, way)) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        ended = project.end(process)
    assert (ended.status, ended.err) == (expected, "")
    assert ended.verdict["complete"]


@pytest.mark.parametrize("way", ["pytest", "verify"])
def test_a_pipe_that_nobody_empties(project: Project, site: Site, way: str) -> None:
    """A pipe that is full from the start keeps neither the verdict nor the process."""
    project.environment("shop/prod", site)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 1024)
    except BlockingIOError:
        os.set_blocking(writer, True)
    try:
        with project.started(*_arguments(project, way), stdout=writer) as process:
            ended = project.end(process)
    finally:
        os.close(reader)
        os.close(writer)
    assert ended.status == 0
    assert ended.verdict["verdict"] == "pass"


@pytest.mark.parametrize("way", ["pytest", "verify"])
def test_no_standard_output(project: Project, site: Site, way: str) -> None:
    """A process that was started without a standard output gives its verdict all the same."""
    project.environment("shop/prod", site)
    script = 'exec "$0" "$@" >&-'
    command = ["sh", "-c", script, sys.executable, *_arguments(project, way)]
    ended = subprocess.run(
        command, env=dict(project.environ()), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("way", ["pytest", "verify"])
def test_results_cannot_be_written(project: Project, site: Site, way: str) -> None:
    """Where the results cannot be written, that is said in one sentence before anything is asked."""
    project.environment("shop/prod", site)
    project.reports.write_text("a file, not a directory")
    with project.started(*_arguments(project, way)) as process:
        ended = project.end(process)
    assert ended.status == 4
    assert len(ended.err.strip().splitlines()) == 1
    assert "cannot be written" in ended.err
    assert not site.asked


def test_the_disk_is_full(project: Project, site: Site) -> None:
    """Where the verdict cannot be written, the exit status says neither pass nor fail, and why is said."""
    project.environment("shop/prod", site)
    plugin = project.plugin(
        "import errno\nfrom smoke.record import run_directory\nwrite = run_directory.write_verdict\n"
        "def full(directory, verdict):\n"
        "    if verdict['verdict'] == 'pass': raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "    write(directory, verdict)\n"
        "run_directory.write_verdict = full\n"
    )
    ended = project.pytest("-m", "prod", plugin)
    assert ended.status == 20
    assert "No space left on device" in ended.err
    assert ended.verdict["verdict"] == "inconclusive"


def _arguments(project: Project, way: str) -> list[str]:
    if way == "verify":
        return project.command("verify", "shop/prod")
    return project.session("-m", "prod", *way.split()[1:])


def test_a_child_that_starts_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that begins late, on a busy machine, has its whole budget from then on: its own watchdog comes first."""
    monkeypatch.setattr(supervisor, "KILL_AFTER_S", 0.2)
    with subprocess.Popen(["sleep", "0.8"]) as process:
        assert supervisor.await_end(process, lambda: (time() + 20, 0.1)) == "the verifier broke (exit 0)"


def test_a_start_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a clock that went wrong nor a slow start makes a run longer than its budget and what a start may take."""
    for name in ("KILL_AFTER_S", "START_S"):
        monkeypatch.setattr(supervisor, name, 0.1)
    with subprocess.Popen(["sleep", "60"]) as process:
        assert "was killed" in supervisor.await_end(process, lambda: (time() + 3600, 0.1))


def test_what_lies_in_the_working_directory(project: Project, site: Site) -> None:
    """A team's own `smoke/`, or a module that is called like one of Python's, is not taken for ours."""
    project.environment("shop/prod", site)
    (project.directory / "smoke").mkdir()
    (project.directory / "smoke" / "__init__.py").write_text("")
    (project.directory / "json.py").write_text("raise RuntimeError('not this one')\n")
    launcher = "import sys; sys.path.remove(''); from smoke.cli import main; sys.exit(main(['verify', 'shop/prod']))"
    with project.started("-c", launcher, cwd=project.directory) as process:
        ended = project.end(process)
    assert ended.status == 0, ended


def test_options_of_the_teams_own_tests(project: Project, site: Site) -> None:
    """A `-k` that a pipeline sets for its own tests leaves nothing out of the gate."""
    project.environment("shop/prod", site)
    project.variables["PYTEST_ADDOPTS"] = "-k nothing -x -v --tb=long"
    assert project.smoke("verify", "shop/prod").status == 0
