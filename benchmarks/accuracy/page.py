"""`accuracy.html`: the scores as one page that needs nothing beside it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.accuracy import tables
from benchmarks.accuracy.chart import chart
from benchmarks.accuracy.circumstances import Circumstances
from benchmarks.accuracy.one_case import US
from benchmarks.accuracy.report import wrong
from benchmarks.accuracy.scoring import NONE, Judged, Mark, confusion
from smoke.verdict.words import Word

HERE = Path(__file__).parent
VERDICTS = (*Word, NONE)


def write(path: Path, verdicts: Sequence[Judged], about: Circumstances) -> None:
    """Write the page."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.get_template("page.html.jinja").render(
        about=about,
        counted=sum(one.policy == US and one.counted for one in verdicts),
        left_out=sorted({one.id for one in verdicts if not one.counted}),
        classes=list(tables.by_class(verdicts)),
        judges=list(tables.by_judge(verdicts)),
        verdicts=VERDICTS,
        confusions=list(_confusions([one for one in verdicts if one.policy == US])),
        chart=chart(verdicts),
        twins=list(tables.twins(verdicts)),
        wrong=sorted(wrong(verdicts), key=lambda one: (one.id, one.seed)),
        others=list(_mistakes_of_others(verdicts)),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _confusions(ours: Sequence[Judged]) -> Iterator[dict[str, Any]]:
    """Yield, for each class, how often each truth met each verdict, and which of these is a mistake."""
    for group, name in tables.NAMES.items():
        of_the_class = [one for one in ours if one.group == group and one.counted]
        counts = confusion(of_the_class)
        for truth in Word:
            if any(one.truth is truth for one in of_the_class):
                cells = [(counts.get((truth, verdict), 0), _tone(of_the_class, truth, verdict)) for verdict in VERDICTS]
                yield {"name": name, "truth": truth, "cells": cells}


def _tone(verdicts: Sequence[Judged], truth: Word, verdict: str) -> str:
    met = [one for one in verdicts if one.truth is truth and one.verdict == verdict]
    if not met:
        return "none"
    right = [Mark.RIGHT in one.marks for one in met]
    return "right" if all(right) else "wrong"


def _mistakes_of_others(verdicts: Sequence[Judged]) -> Iterator[tuple[str, str]]:
    """Yield everybody else and the ids of what they judged wrong."""
    for name in tables.judges(verdicts)[1:]:
        ids = {one.id for one in verdicts if one.policy == name and one.counted and Mark.RIGHT not in one.marks}
        yield name, " ".join(sorted(ids))
