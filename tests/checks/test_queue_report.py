"""Queues are reported in many shapes."""

from typing import Any

import pytest

from smoke.checks._queue_report import QueueReport, report_of


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ({"waiting": 3, "failed": 1}, QueueReport(waiting=3, failed=1)),
        ({"active": 0, "waiting": 3, "prioritized": 2, "failed": 0}, QueueReport(waiting=5, failed=0)),
        (
            {"name": "x", "healthy": True, "stats": {"waiting": 1, "paused": False}},
            QueueReport(waiting=1, paused=False),
        ),
        ({"counts": {"wait": "7"}, "isPaused": True}, QueueReport(waiting=7, paused=True)),
        ({"waiting": 0, "paused": 4}, QueueReport(waiting=4, paused=True)),
        ({"waiting": 0, "paused": 0}, QueueReport(waiting=0, paused=False)),
        ({"waitingCount": 2, "oldestWaitingMs": 1500}, QueueReport(waiting=2, oldest_s=1.5)),
        ({"size": 2, "oldestWaitingSeconds": 9.5}, QueueReport(waiting=2, oldest_s=9.5)),
        ({"pending": 0}, QueueReport(waiting=0)),
        (17, QueueReport(waiting=17)),
        ({"error": "connect ECONNREFUSED"}, QueueReport(error=True)),
        ({"waiting": 0, "healthy": False}, QueueReport(waiting=0, error=True)),
        ({"waiting": -1, "failed": "many"}, QueueReport()),
        ({"waiting": True}, QueueReport()),
        ({"waiting": float("nan")}, QueueReport()),
        ("ok", QueueReport(error=True)),
        ([], QueueReport(error=True)),
        (True, QueueReport(error=True)),
        ({}, QueueReport()),
    ],
)
def test_shapes(queue: Any, expected: QueueReport) -> None:
    """Counts are read from every usual shape; what is no count is not told."""
    assert report_of(queue) == expected


def test_failures_since() -> None:
    """Failures since a moment are read from their own place."""
    assert report_of({"failed": 9, "recent": {"failed": 1}}, "recent.failed").failed == 1
    assert report_of({"failed": 9}, "recent.failed").failed is None
