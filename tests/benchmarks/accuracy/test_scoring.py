"""Tests of the scoring rules and of the intervals."""

import pytest

from benchmarks.accuracy.scoring import NONE, Mark, Rate, confusion, quantile, score
from smoke.verdict.words import Word
from tests.benchmarks.accuracy.made import given

BAD, GOOD, OPEN = Word.FAIL, Word.PASS, Word.INCONCLUSIVE


@pytest.mark.parametrize(
    ("truth", "verdict", "marks"),
    [
        (BAD, "fail", {Mark.RIGHT}),
        (BAD, "pass", {Mark.MISSED}),
        (BAD, "inconclusive", {Mark.MISSED, Mark.NEEDLESS_HOLD}),
        (GOOD, "pass", {Mark.RIGHT}),
        (GOOD, "fail", {Mark.FALSE_ROLLBACK}),
        (GOOD, "inconclusive", {Mark.NEEDLESS_HOLD}),
        (OPEN, "inconclusive", {Mark.RIGHT}),
        (OPEN, "fail", {Mark.FALSE_ROLLBACK}),
        (OPEN, "pass", {Mark.UNFOUNDED_PASS}),
        (BAD, NONE, {Mark.MISSED, Mark.NO_VERDICT}),
        (GOOD, NONE, {Mark.NO_VERDICT}),
        (OPEN, NONE, {Mark.NO_VERDICT}),
    ],
)
def test_each_pair_has_its_marks(truth: Word, verdict: str, marks: set[Mark]) -> None:
    """Every truth with every verdict, and with none."""
    assert given(truth, verdict).marks == marks


def test_what_is_also_fine_is_right() -> None:
    """A verdict that the row allows besides is no mistake of any kind."""
    assert given(OPEN, "pass", GOOD).marks == {Mark.RIGHT}
    assert given(BAD, "inconclusive", OPEN).marks == {Mark.RIGHT}


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (5, 5, 0.5655, 1.0),
    ],
)
def test_intervals_are_those_of_wilson(count: int, of: int, low: float, high: float) -> None:
    """Published values to four digits."""
    assert Rate(count, of).interval == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_nothing_is_known() -> None:
    """No cases: the share may be anything, and the table shows a dash."""
    assert Rate(0, 0).interval == (0.0, 1.0)
    assert str(Rate(0, 0)) == "\N{EN DASH}"
    assert str(Rate(1, 29)) == "3.4 % (0.6 \N{EN DASH} 17.2)"


def test_rates_are_of_the_deploys_where_the_mistake_could_be_made() -> None:
    """Missed is of the bad, false rollback of the others, needless hold of the decidable."""
    verdicts = [
        given(BAD, "fail"),
        given(BAD, "pass"),
        given(BAD, "inconclusive"),
        given(GOOD, "pass"),
        given(GOOD, "fail"),
        given(OPEN, "fail"),
        given(OPEN, "pass"),
    ]
    found = score(verdicts)
    assert found.right == Rate(2, 7)
    assert found.missed == Rate(2, 3)
    assert found.false_rollback == Rate(2, 4)
    assert found.needless_hold == Rate(1, 5)
    assert found.unfounded_pass == Rate(1, 2)


def test_house_rules_are_left_out() -> None:
    """A row whose truth depends on house rules counts nowhere."""
    assert score([given(BAD, "pass", counted=False)]).right == Rate(0, 0)
    assert confusion([given(BAD, "pass", counted=False)]) == {}


def test_confusion_counts_pairs() -> None:
    """How often each truth met each verdict."""
    verdicts = [given(BAD, "fail"), given(BAD, "fail"), given(GOOD, "fail")]
    assert confusion(verdicts) == {("fail", "fail"): 2, ("pass", "fail"): 1}


def test_times_are_the_median_and_the_ninetieth_part() -> None:
    """Between two values the quantile lies between them."""
    assert quantile([], 0.5) == 0
    assert quantile([7.0], 0.9) == 7
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
    found = score([given(GOOD, "pass", seconds=float(one)) for one in range(11)])
    assert (found.median_s, found.p90_s) == (5, 9)
