"""`metrics.prom`, by both parsers of the Prometheus client."""

from pathlib import Path
from typing import Any

import pytest
from prometheus_client import openmetrics, parser
from prometheus_client.openmetrics import parser as openmetrics_parser

from smoke.outputs import metrics
from tests.outputs import verdicts

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def series(verdict: dict[str, Any]) -> Series:
    """Return all samples, as OpenMetrics."""
    text = metrics.render(verdict).decode()
    families = openmetrics_parser.text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(found: Series, name: str, **labels: str) -> float:
    """Return the one value of a series."""
    (only,) = [number for (one, own), number in found.items() if one == name and set(labels.items()) <= set(own)]
    return only


@pytest.mark.parametrize("kind", [*sorted(verdicts.ALL), "hostile"])
def test_both_formats(kind: str, tmp_path: Path) -> None:
    """The textfile collector's format and OpenMetrics say the same, without any moment beside the samples."""
    verdict = verdicts.ALL.get(kind, verdicts.hostile)()
    metrics.write(tmp_path, verdict)
    text = (tmp_path / metrics.FILE).read_text("utf-8")
    samples = [one for family in parser.text_string_to_metric_families(text) for one in family.samples]
    assert {(one.name, tuple(sorted(one.labels.items()))): one.value for one in samples} == series(verdict)
    assert [one.timestamp for one in samples] == [None] * len(samples)
    assert text.endswith("# EOF\n")
    assert [one.name for one in tmp_path.iterdir()] == [metrics.FILE]


@pytest.mark.parametrize("kind", ["pass", "fail", "runner"])
def test_the_verdict(kind: str) -> None:
    """Exactly one of the three words holds."""
    verdict = verdicts.ALL[kind]()
    found = series(verdict)
    assert {one: value(found, "smoke_verdict", verdict=one) for one in ("pass", "fail", "inconclusive")} == {
        **dict.fromkeys(("pass", "fail", "inconclusive"), 0),
        verdict["verdict"]: 1,
    }
    assert value(found, "smoke_run_duration_seconds") == 15.5
    assert value(found, "smoke_run_finished_timestamp_seconds") == pytest.approx(1795255335.5)


def test_the_checks() -> None:
    """Each check has its outcome, and how long it took."""
    found = series(verdicts.failing())
    assert value(found, "smoke_check_outcome", check="read/invoices", outcome="failed") == 1
    assert value(found, "smoke_check_outcome", check="read/invoices", outcome="passed") == 0
    assert value(found, "smoke_check_outcome", check="page/home", outcome="failed", gating="false") == 1
    assert value(found, "smoke_check_duration_seconds", check="journey/invoices") == 6.0
    assert value(found, "smoke_checks", outcome="failed") == 3


def test_labels_are_bounded() -> None:
    """No series is named for a run, a commit or what a target said, and their number has an end."""
    one, other = verdicts.failing(), {**verdicts.failing(), "run_id": "another", "release": {"expected": "abc1234"}}
    assert set(series(one)) == set(series({**other, "summary": "x"}))
    many = [verdicts.check(f"page/{number}", "immediate") for number in range(1500)]
    found = series(verdicts.verdict("pass", many))
    assert sum(1 for name, _ in found if name == "smoke_check_duration_seconds") == metrics.MOST_CHECKS
    assert value(found, "smoke_checks", outcome="passed") == 1500


def test_the_format_is_the_librarys() -> None:
    """What is written has the type that the library names for OpenMetrics."""
    assert openmetrics.exposition.CONTENT_TYPE_LATEST.startswith("application/openmetrics-text")
