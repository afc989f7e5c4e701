"""The scores as tables, for terminal, page and README."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.accuracy.cases import COMPOUND, HEALTHY
from benchmarks.accuracy.circumstances import Circumstances
from benchmarks.accuracy.one_case import US
from benchmarks.accuracy.scoring import Judged, Score, score
from benchmarks.table import Row, markdown
from smoke.demo.faults import find
from smoke.demo.faults._corpus import CLASSES, TWINS

NAMES = {**{letter: f"{letter}. {name}" for letter, name in CLASSES.items()}, COMPOUND: "Compounds", HEALTHY: "Healthy"}
"""The classes, in the order of the tables."""

RATES = ("right", "missed", "false rollback", "needless hold")


def by_class(verdicts: Sequence[Judged]) -> Iterator[Row]:
    """Yield our scores, a row each class, then all together."""
    yield ("class", "cases", *RATES)
    ours = [one for one in verdicts if one.policy == US]
    for group, name in NAMES.items():
        of_the_class = [one for one in ours if one.group == group]
        if of_the_class:
            yield _row(name, score(of_the_class))
    yield _row("All", score(ours))


def by_judge(verdicts: Sequence[Judged]) -> Iterator[Row]:
    """Yield the scores of everybody who judged, with the time from the deploy to the verdict."""
    yield ("who judges", *RATES, "median", "90 %")
    for name in judges(verdicts):
        found = score(one for one in verdicts if one.policy == name)
        yield (name, *_rates(found), f"{found.median_s:.1f} s", f"{found.p90_s:.1f} s")


def judges(verdicts: Iterable[Judged]) -> list[str]:
    """Return who judged, ourselves first."""
    return sorted({one.policy for one in verdicts}, key=lambda name: (name != US, name))


def for_the_readme(verdicts: Sequence[Judged], about: Circumstances) -> list[str]:
    """Return the parts of the README's section: what was run, and everybody's scores."""
    ours = [one for one in verdicts if one.policy == US]
    rows = len({one.id for one in ours if one.group not in {COMPOUND, HEALTHY}})
    compounds = len({one.id for one in ours if one.group == COMPOUND})
    healthy = sum(one.group == HEALTHY for one in ours)
    most = "up to " if len(ours) < about.planned else ""
    said = (
        f"{rows} faults alone and {compounds} compounds, under {most}{len(about.seeds)} seeds each, "
        f"and {healthy} healthy deploys: {len(ours)} deploys in all ({about.taken_at:%Y-%m-%d}, "
        f"seeds {about.seeds[0]} to {about.seeds[-1]}, commit {about.commit}). "
        "In brackets the 95 % interval; times are those of the stack."
    )
    if about.mixed:
        said += " Part of them ran at earlier commits; what was wrong there and has been mended since was run again."
    return [said, markdown(list(by_judge(verdicts)))]


def twins(verdicts: Sequence[Judged]) -> Iterator[Row]:
    """Yield, for each pair that looks alike and differs in truth, what our verdict said of both, first seed first."""
    ours: dict[str, list[Judged]] = {}
    for one in sorted(verdicts, key=lambda one: one.seed):
        if one.policy == US:
            ours.setdefault(one.id, []).append(one)
    yield ("twins", "what happened", "verdicts", "the sentence")
    for pair in TWINS:
        for row in pair:
            if row in ours:
                yield (" / ".join(pair), f"{row}: {find(row).title}", _counted(ours[row]), ours[row][0].message)


def _counted(verdicts: Sequence[Judged]) -> str:
    counts = Counter(one.verdict for one in verdicts)
    return ", ".join(f"{count} x {verdict}" for verdict, count in counts.most_common())


def _row(name: str, found: Score) -> Row:
    return (name, str(found.right.of), *_rates(found))


def _rates(found: Score) -> Row:
    return tuple(str(rate) for rate in (found.right, found.missed, found.false_rollback, found.needless_hold))
