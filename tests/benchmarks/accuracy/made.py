"""Verdicts for the tests."""

from datetime import UTC, datetime

from benchmarks.accuracy.circumstances import Circumstances
from benchmarks.accuracy.one_case import US
from benchmarks.accuracy.scoring import Judged
from smoke.verdict.words import Word

ABOUT = Circumstances(datetime(2026, 11, 25, 12, 30, tzinfo=UTC), "1a2b3c4", "00ff00ff00ff00ff", (1, 2), 12)


def given(truth: Word, verdict: str, *also_ok: Word, **changed: object) -> Judged:
    """Return a verdict on a deploy that deserves *truth*."""
    values: dict[str, object] = {
        "id": "A01",
        "seed": 1,
        "faults": ("A01",),
        "group": "A",
        "policy": US,
        "seconds": 10.0,
        "message": "why",
        "truth": truth,
        "also_ok": also_ok,
        "verdict": verdict,
        **changed,
    }
    return Judged(**values)  # type: ignore[arg-type]
