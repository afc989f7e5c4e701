"""All files that derive from a verdict."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from smoke.outputs import write_all
from tests.outputs import verdicts


@pytest.mark.parametrize("kind", [*sorted(verdicts.ALL), "hostile"])
def test_writes_every_format(tmp_path: Path, kind: str) -> None:
    """Verdicts of every kind are written in every format, without a warning."""
    verdict = verdicts.ALL.get(kind, verdicts.hostile)()
    assert write_all(tmp_path, verdict, {}) == []
    written = {file.name for file in tmp_path.iterdir()}
    own = {"summary.md", "junit.xml", "report.html", "allure-results"}
    assert written == own | {"ctrf.json", "cdevents.json", "metrics.prom"}


def test_one_that_fails_stops_no_other(tmp_path: Path) -> None:
    """A format that cannot be written costs a warning and nothing else."""
    (tmp_path / "junit.xml").mkdir()
    (tmp_path / "allure-results").write_text("in the way", encoding="utf-8")
    warnings = write_all(tmp_path, verdicts.failing(), {})
    assert [one.split(":")[0] for one in warnings] == ["junit.xml was not written", "allure-results was not written"]
    assert (tmp_path / "report.html").is_file()
    assert (tmp_path / "summary.md").is_file()


def test_an_odd_verdict_costs_warnings(tmp_path: Path) -> None:
    """What lacks a key, or holds a moment that is none, raises nothing."""
    odd = verdicts.failing() | {"started_at": "yesterday"}
    assert write_all(tmp_path, odd, {}) == [
        f"{name} was not written: ValueError: Invalid isoformat string: 'yesterday'"
        for name in ("ctrf.json", "cdevents.json", "allure-results")
    ]
    del odd["suite"]
    assert len(write_all(tmp_path, odd, {})) == 5


def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    """A run whose directory was taken away still ends in order."""
    assert len(write_all(tmp_path / "gone", verdicts.failing(), {})) == 7


def test_the_verdict_stays_as_it_is(tmp_path: Path) -> None:
    """No format changes what it was given."""
    verdict = verdicts.failing()
    write_all(tmp_path, verdict, {})
    assert verdict == verdicts.failing()


def test_a_hundred_checks_are_written_quickly(tmp_path: Path) -> None:
    """Rendering does not delay the answer; the bound is generous, since machines that test are busy."""
    checks = [verdicts.check(f"page/{number}", "immediate", found="f" * 500) for number in range(100)]
    write_all(tmp_path, verdicts.verdict("pass", checks), {})
    started = time.process_time()
    write_all(tmp_path, verdicts.verdict("pass", checks), {})
    assert time.process_time() - started < 0.6


def test_nothing_heavy_is_imported_before_the_verdict() -> None:
    """Whoever shows progress does not pay for formats that come later."""
    heavy = "{'jinja2', 'junitparser', 'allure_commons', 'prometheus_client'}"
    code = f"import sys, smoke.outputs, smoke.outputs.terminal; print({heavy} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "set()\n"
