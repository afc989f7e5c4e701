"""Tests of what several faults together deserve."""

import pytest

from benchmarks.accuracy.compounds import COMPOUNDS, faults_of, truth_of
from smoke.demo.faults import Fault
from smoke.demo.faults._corpus import ALSO_OK, POLICY, TRUTHS
from smoke.verdict.words import Word

ROWS = {
    identifier: Fault(identifier, identifier, truth, lambda _scene: None, ALSO_OK.get(identifier, ()))
    for truth, rows in TRUTHS.items()
    for identifier in rows
}


def together(joined: str) -> tuple[Word, tuple[Word, ...]]:
    """Return what a compound deserves, and what is no mistake."""
    return truth_of(ROWS[identifier] for identifier in faults_of(joined))


@pytest.mark.parametrize(
    ("joined", "truth", "also_ok"),
    [
        ("N03+B02", Word.FAIL, ()),
        ("B02+C03", Word.FAIL, ()),
        ("N01+N02", Word.PASS, ()),
        ("N01+N15", Word.PASS, (Word.INCONCLUSIVE,)),
        ("I07+N03", Word.INCONCLUSIVE, (Word.PASS,)),
        ("I07+I10", Word.INCONCLUSIVE, ()),
        ("I01+B02", Word.FAIL, ()),
        ("I04+B02", Word.INCONCLUSIVE, ()),
        ("A02+N01", Word.FAIL, (Word.INCONCLUSIVE,)),
        ("A02+C01", Word.FAIL, ()),
    ],
)
def test_truths_combine(joined: str, truth: Word, also_ok: tuple[Word, ...]) -> None:
    """Bad stays bad unless nobody could see; open stays open; good with good is good."""
    assert together(joined) == (truth, also_ok)


def test_what_depends_on_the_moment_has_no_truth() -> None:
    """A bad release that is not live yet shows its fault or does not."""
    with pytest.raises(ValueError, match=r"C01\+I11: whether the fault shows depends on when one looks"):
        together("I11+C01")


@pytest.mark.parametrize("joined", COMPOUNDS)
def test_compounds_are_of_the_corpus_and_have_a_truth(joined: str) -> None:
    """Each names rows that exist, none of them a matter of house rules, and its verdict is known."""
    identifiers = faults_of(joined)
    assert len(set(identifiers)) == len(identifiers) > 1
    assert set(identifiers) <= set(ROWS) - POLICY
    assert together(joined)[0] in Word


def test_there_are_compounds_of_every_kind() -> None:
    """At least twenty, and each verdict is deserved by some."""
    assert len(set(COMPOUNDS)) == len(COMPOUNDS) >= 20
    assert {together(joined)[0] for joined in COMPOUNDS} == set(Word)


@pytest.mark.parametrize("joined", ["N16+S07", "I01+S07"])
def test_a_refusal_by_who_is_down_has_no_truth(joined: str) -> None:
    """Whether the third party that is down is the one that would refuse is up to the seed."""
    with pytest.raises(ValueError, match="who is down refuses nobody"):
        together(joined)
