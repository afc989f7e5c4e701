"""`smoke watch` in a real process: a line a look, until everything is sound or somebody has seen enough."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.plugin.project import PATIENCE_S, Ended, Project, eventually
from tests.plugin.site import Site, page, silent, status

if TYPE_CHECKING:
    import subprocess

BROKEN = status(500, "broken")


@contextmanager
def watching(project: Project, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Watch the shop."""
    places = (f"--environments={project.directory / 'environments'}", f"--reports={project.reports}")
    with project.started("-m", "smoke", "watch", "shop/prod", *places, *arguments) as process:
        yield process


def line_of(process: "subprocess.Popen[str]") -> str:
    """Return the next line."""
    assert process.stdout is not None
    return process.stdout.readline()


def ended(project: Project, process: "subprocess.Popen[str]") -> Ended:
    """Wait for the end of the watch."""
    return project.end(process, 2 * PATIENCE_S)


def test_until_it_is_sound(project: Project, site: Site) -> None:
    """Each look is a line that says what changed; the first pass is the end."""
    project.environment("shop/prod", site)
    site.answers["/terms"] = BROKEN
    with watching(project, "--every=1s") as process:
        first = line_of(process)
        assert "✗ FAIL" in first
        assert "roll back web. page/terms: HTTP 500" in first
        site.answers["/terms"] = page("Terms")
        last = ended(project, process)
    assert (last.status, last.err) == (0, "")
    lines = [first, *last.out.splitlines()]
    assert "✓ PASS" in lines[-1]
    assert all(len(one) <= 80 for one in lines)


def test_told_to_stop(project: Project, site: Site) -> None:
    """Between two looks Ctrl-C ends it with the last verdict's exit status."""
    project.environment("shop/prod", site)
    site.answers["/terms"] = BROKEN
    with watching(project, "--every=1h") as process:
        assert "✗ FAIL" in line_of(process)
        process.send_signal(signal.SIGINT)
        last = ended(project, process)
    assert (last.status, last.out, last.err) == (10, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_while_it_looks(project: Project, site: Site, number: signal.Signals) -> None:
    """A look that is interrupted is no verdict; without one before it nobody can tell."""
    project.environment("shop/prod", site, timeout_s=30)
    site.answers["/terms"] = silent
    with watching(project) as process:
        assert eventually(lambda: site.asked["/terms"], PATIENCE_S)
        process.send_signal(number)
        last = ended(project, process)
    assert (last.status, last.out, last.err) == (20, "", "")


def test_for_so_long(project: Project, site: Site) -> None:
    """It gives up when another look would begin too late, with the last verdict's exit status."""
    project.environment("shop/prod", site)
    site.answers["/terms"] = BROKEN
    with watching(project, "--every=10m", "--for=1m") as process:
        last = ended(project, process)
    assert (last.status, len(last.out.splitlines())) == (10, 1)


def test_wrong_usage(project: Project, site: Site) -> None:
    """What cannot be looked at is said once."""
    project.environment("shop/prod", site)
    for arguments, said in ((["--every=0"], "--every"), (["--budget=0"], "--budget"), (["--sha=1"], "--sha")):
        with watching(project, *arguments) as process:
            last = ended(project, process)
        assert (last.status, last.out) == (4, "")
        assert said in last.err
