"""Tests of the server that everybody asks, and of the environment that describes it."""

from pathlib import Path
from time import perf_counter
from urllib.request import urlopen

import pytest

from benchmarks import environment_of_100 as environment
from benchmarks.slow_server import COMMIT, slow_server
from smoke.checks.registry import build
from smoke.environment import loading
from smoke.verdict.release import Release


def test_it_takes_its_time() -> None:
    """No answer comes before the delay has passed, whatever is asked for."""
    with slow_server(0.2) as url:
        for path, text in (("page/1", "Customer Portal"), ("read/2", '"items"'), ("health", COMMIT)):
            began = perf_counter()
            with urlopen(f"{url}/{path}", timeout=10) as answer:
                assert text in answer.read().decode()
            assert perf_counter() - began >= 0.2


@pytest.mark.parametrize(("release", "more"), [(False, set()), (True, {"converge/api", "version/api", "confirm/api"})])
def test_the_environment_makes_a_hundred_checks(tmp_path: Path, release: bool, more: set[str]) -> None:
    """Smokegate makes the same checks as its contenders, and those that bind the verdict to a release."""
    directory = environment.write(tmp_path, "http://127.0.0.1:1", 100, release=release)
    checks = build(loading.load(directory, environment.NAME), Release())
    requests = {one.id for one in checks if one.id.startswith(("page/", "read/"))}
    assert len(requests) == 100
    assert {one.id for one in checks} - requests == more
