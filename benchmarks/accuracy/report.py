"""`accuracy.json`: every verdict that anybody gave, and the scores that follow."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.accuracy.cases import COMPOUND, HEALTHY
from benchmarks.accuracy.circumstances import Circumstances
from benchmarks.accuracy.one_case import US
from benchmarks.accuracy.scoring import Judged, Mark, Rate, score
from benchmarks.accuracy.tables import judges


def content(
    verdicts: Sequence[Judged], about: Circumstances, finished: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the report as JSON has it."""
    cpu = [one["cpu_s"] for one in finished.values() if "cpu_s" in one]
    return {
        "schema_version": 1,
        "taken_at": about.taken_at.isoformat(timespec="seconds"),
        "commit": about.commit,
        "sources": about.digest,
        "sources_mixed": about.mixed,
        "seeds": list(about.seeds),
        "cases": {"planned": about.planned, "finished": len(finished), "broken": list(about.broken)},
        "corpus_rows_missing": about.missing,
        "cpu_s_per_case": round(sum(cpu) / len(cpu), 2) if cpu else None,
        "summary": {name: summary([one for one in verdicts if one.policy == name]) for name in judges(verdicts)},
        "rows": [row(one) for one in verdicts],
    }


def row(one: Judged) -> dict[str, Any]:
    """Return one verdict."""
    shown = asdict(one)
    shown.pop("counted")
    return {**shown, "cause": one.cause or None, "counted": one.counted, "marks": sorted(one.marks)}


def summary(verdicts: Sequence[Judged]) -> dict[str, Any]:
    """Return the scores of one who judged: of all, and of each class."""
    groups = sorted({one.group for one in verdicts}, key=lambda group: (group in {COMPOUND, HEALTHY}, group))
    return {
        "all": _scores(verdicts),
        "classes": {group: _scores([one for one in verdicts if one.group == group]) for group in groups},
    }


def write(path: Path, found: Mapping[str, Any]) -> None:
    """Write *found* in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".new")
    half.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    half.replace(path)


def wrong(verdicts: Sequence[Judged]) -> list[Judged]:
    """Return our counted mistakes."""
    return [one for one in verdicts if one.policy == US and one.counted and Mark.RIGHT not in one.marks]


def _scores(verdicts: Sequence[Judged]) -> dict[str, Any]:
    found = score(verdicts)
    rates = {
        name: _rate(getattr(found, name))
        for name in ("right", "missed", "false_rollback", "needless_hold", "unfounded_pass", "no_verdict")
    }
    return {**rates, "median_s": round(found.median_s, 2), "p90_s": round(found.p90_s, 2)}


def _rate(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval
    return {
        "count": rate.count,
        "of": rate.of,
        "share": round(rate.share, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
