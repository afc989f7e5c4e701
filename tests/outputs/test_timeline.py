"""The bars of the report."""

import pytest

from smoke.outputs import timeline
from tests.outputs import verdicts


def bars(*times: tuple[float, float], duration_s: float = 10.0) -> list[timeline.Bar]:
    """Return the bars of checks that began and lasted as given."""
    checks = [
        verdicts.check(f"a/{number}", "immediate", started_at=start, duration_s=lasted)
        for number, (start, lasted) in enumerate(times)
    ]
    drawn = timeline.draw(verdicts.verdict("pass", checks, duration_s=duration_s))
    assert drawn is not None
    return list(drawn.bars)


def test_bars_follow_the_clock() -> None:
    """A bar begins where its check began, and is as wide as it lasted."""
    (bar,) = bars((2.5, 5.0))
    assert (bar.x, bar.width) == (25.0, 50.0)


def test_bars_are_ordered_by_time() -> None:
    """Within a stage the earliest is on top."""
    assert [bar.check["id"] for bar in bars((3, 1), (1, 1), (2, 1))] == ["a/1", "a/2", "a/0"]


@pytest.mark.parametrize(
    ("start", "lasted", "name_x", "leftwards"),
    [(1.0, 1.0, 20.0, False), (1.0, 8.0, 10.0, False), (8.0, 1.0, 80.0, True)],
)
def test_names_stay_within_the_picture(start: float, lasted: float, name_x: float, *, leftwards: bool) -> None:
    """A name is behind a short bar, in a wide one, and in front of a late one."""
    (bar,) = bars((start, lasted))
    assert (bar.name_x, bar.leftwards) == (name_x, leftwards)


def test_bars_end_with_the_picture() -> None:
    """A check that began with the end of the run, or lasted nothing, can still be seen inside."""
    for bar in bars((10.0, 0.0), (0.0, 0.0), (9.0, 4.0)):
        assert bar.width > 0
        assert bar.x + bar.width <= 100.01


def test_only_what_was_looked_at_has_a_bar() -> None:
    """Skipped checks have no bar; with none at all, there is no picture."""
    assert timeline.draw(verdicts.verdict("inconclusive", [verdicts.check("a/1", "immediate", "skipped")])) is None
    drawn = timeline.draw(verdicts.interrupted())
    assert drawn is not None
    assert {bar.check["stage"] for bar in drawn.bars} == {"converge"}
    assert [name for name, _ in drawn.stages] == ["converge"]


@pytest.mark.parametrize(
    ("duration_s", "labels"),
    [(0.5, "0.1 s 0.2 s 0.3 s 0.4 s 0.5 s"), (15.5, "5 s 10 s 15 s"), (120.0, "20 s 40 s 60 s 80 s 100 s 120 s")],
)
def test_ticks_are_round(duration_s: float, labels: str) -> None:
    """The axis has a few round marks, whatever the length of the run."""
    drawn = timeline.draw(
        verdicts.passing() | {"duration_s": duration_s, "checks": [verdicts.check("a/1", "immediate", started_at=0)]}
    )
    assert drawn is not None
    assert " ".join(label for _, label in drawn.ticks) == labels
