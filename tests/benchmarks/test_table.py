"""Tests of the tables."""

from pathlib import Path

from benchmarks.measure import Contender, Measured, Sample
from benchmarks.table import best_ratio, markdown, plain, rows


def measured(name: str, *samples: Sample, yardstick: bool = False, skipped: str = "") -> Measured:
    """Return what was measured of a contender called *name*."""
    return Measured(Contender(name, [], Path(), yardstick=yardstick), samples, skipped)


OURS = measured("ours", Sample(1.2, 0.5, 1.0), Sample(9.0, 0.5, 9.0), Sample(1.4, 0.7, 1.1))
SLOW = measured("slow", Sample(22.0, 3.0), yardstick=True)
QUICK = measured("quick", Sample(8.8, 9.0), yardstick=True)
LIMIT = measured("limit", Sample(0.5, 0.3))


def test_a_row_shows_medians_and_the_ratio_to_the_first() -> None:
    """One slow round does not show, and the ratio is by the time until the verdict, where there is one."""
    assert list(rows([OURS, SLOW])) == [
        ("ours", "1.10 s", "1.40 s", "0.50 s", "1.0 x"),
        ("slow", "", "22.00 s", "3.00 s", "20.0 x"),
    ]


def test_a_skipped_contender_is_visible() -> None:
    """Who could not be measured stays in the table."""
    assert list(rows([OURS, measured("newman", skipped="npm is not installed")]))[1] == (
        "newman",
        "skipped",
        "",
        "",
        "",
    )


def test_the_fastest_yardstick_is_what_counts() -> None:
    """Contenders that are no yardstick, such as the limit, do not count."""
    assert best_ratio([OURS, SLOW, QUICK, LIMIT]) == ("quick", 8.8 / 1.1)


def test_without_a_yardstick_there_is_no_ratio() -> None:
    """A machine without Node.js still gets its numbers."""
    assert best_ratio([OURS, LIMIT, measured("newman", yardstick=True, skipped="npm is not installed")]) is None


def test_columns_line_up() -> None:
    """Names stand to the left, numbers to the right."""
    assert plain([("a", "10 s"), ("bcd", "1 s")]) == "a    10 s\nbcd   1 s"


def test_markdown_has_a_rule_under_its_head() -> None:
    """The README gets a table that Markdown knows."""
    assert markdown([("what", "time"), ("a", "1 s")]) == "| what | time |\n| --- | ---: |\n| a | 1 s |"
