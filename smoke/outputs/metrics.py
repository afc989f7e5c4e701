"""
`metrics.prom`: the run as gauges, in OpenMetrics text that Prometheus's textfile collector reads as well.

Copy it into the collector's directory under a name of the environment's own. Labels are names from the environment file
only, so their number is bounded: no run, no commit, nothing that a target said.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.files import replace_file
from smoke.outputs import untrusted
from smoke.outputs.answer import VerdictJson
from smoke.verdict.words import Outcome, Word

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge

FILE = "metrics.prom"

LABEL = 120
"""Characters of a label's value."""

MOST_CHECKS = 1000
"""Checks with series of their own; all are counted in `smoke_checks`."""


def write(run_directory: Path, verdict: VerdictJson) -> None:
    """Write the file in one step; raises OSError."""
    replace_file(run_directory / FILE, render(verdict))


def render(verdict: VerdictJson) -> bytes:
    """Return the text."""
    # Imported here: it is slow, and nothing needs it before the verdict.
    from prometheus_client import CollectorRegistry
    from prometheus_client.openmetrics.exposition import generate_latest

    registry = CollectorRegistry(auto_describe=False)
    _run(registry, verdict)
    _checks(registry, verdict)
    return bytes(generate_latest(registry))  # type: ignore[no-untyped-call]  # the library types it in part


def _run(registry: "CollectorRegistry", verdict: VerdictJson) -> None:
    own = (_label(verdict["environment"]), _label(verdict["tier"]))
    word = _gauge(registry, "smoke_verdict", "Whether the last run gave this verdict.", "verdict")
    for one in Word:
        word.labels(*own, one.value).set(one == verdict["verdict"])
    values = {
        "smoke_run_complete": ("Whether the last run came to its end with everything selected.", verdict["complete"]),
        "smoke_run_duration_seconds": ("How long the last run took.", verdict["duration_s"]),
        "smoke_run_budget_seconds": ("How long it was allowed to take.", verdict["budget_s"]),
        "smoke_run_finished_timestamp_seconds": (
            "When the last run ended.",
            datetime.fromisoformat(verdict["finished_at"]).timestamp(),
        ),
    }
    for name, (meaning, value) in values.items():
        _gauge(registry, name, meaning).labels(*own).set(value)
    count = _gauge(registry, "smoke_checks", "Checks of the last run by their outcome.", "outcome")
    for outcome in Outcome:
        count.labels(*own, outcome.value).set(sum(1 for one in verdict["checks"] if one["outcome"] == outcome))


def _checks(registry: "CollectorRegistry", verdict: VerdictJson) -> None:
    own = (_label(verdict["environment"]), _label(verdict["tier"]))
    names = ("check", "stage", "gating")
    found = _gauge(registry, "smoke_check_outcome", "Whether the check had this outcome.", *names, "outcome")
    lasted = _gauge(registry, "smoke_check_duration_seconds", "How long the check took.", *names)
    for check in verdict["checks"][:MOST_CHECKS]:
        labels = (*own, _label(check["id"]), _label(check["stage"]), "true" if check["gating"] else "false")
        for outcome in Outcome:
            found.labels(*labels, outcome.value).set(check["outcome"] == outcome)
        lasted.labels(*labels).set(check["duration_s"])


def _gauge(registry: "CollectorRegistry", name: str, meaning: str, *labels: str) -> "Gauge":
    from prometheus_client import Gauge

    return Gauge(name, meaning, ("environment", "tier", *labels), registry=registry)


def _label(text: object) -> str:
    return untrusted.one_line(text, LABEL)
