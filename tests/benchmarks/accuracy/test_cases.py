"""Tests of what is to be run."""

import argparse

import pytest

from benchmarks.accuracy.cases import HEALTHY, case_of, cases, every_row
from benchmarks.accuracy.options import parse, seeds
from smoke.demo.faults import FAULTS
from smoke.errors import UsageError
from smoke.verdict.words import Word


def test_every_fault_is_a_row_and_compounds_of_what_there_is() -> None:
    """Whatever the stack can show is run; a compound waits until all its faults are there."""
    rows = every_row()
    assert set(FAULTS) <= set(rows)
    assert {"N04+D02", "I04+B02"} <= set(rows)
    assert every_row({"N04": FAULTS["N04"], "D02": FAULTS["D02"]}) == ["N04", "D02", "N04+D02"]


def test_a_compound_is_a_class_of_its_own() -> None:
    """A case knows its key, its class and what it deserves."""
    alone, joined, healthy = case_of("I01", 3), case_of("N04+D02", 1), case_of(HEALTHY, 9)
    assert (alone.key, alone.group, alone.truth, alone.also_ok) == ("I01#3", "I", Word.INCONCLUSIVE, (Word.PASS,))
    assert (joined.key, joined.group, joined.truth) == ("N04+D02#1", "compound", Word.FAIL)
    assert (healthy.key, healthy.faults, healthy.truth) == ("healthy#9", (), Word.PASS)


def test_an_unknown_row_is_refused() -> None:
    """As `smoke demo --fault` does it."""
    with pytest.raises(UsageError, match="there is no such fault"):
        case_of("N04+Z99", 1)


def test_seed_after_seed_and_healthy_ones_between() -> None:
    """Whoever stops early has seen every row; healthy deploys have seeds of their own."""
    keys = [case.key for case in cases(["A01", "B02"], (4, 7), healthy=3)]
    assert keys == ["A01#4", "B02#4", "healthy#1", "healthy#2", "A01#7", "B02#7", "healthy#3"]


def test_variables_choose_as_options_do() -> None:
    """`make accuracy` is told by variables; the command line comes first."""
    environ = {"SEEDS": "2", "ROWS": "A01 N04+D02", "JOBS": "3", "KEEP": "1", "FRESH": "0"}
    chosen = parse([], environ)
    assert (chosen.seeds, chosen.rows, chosen.jobs) == ((1, 2), ("A01", "N04+D02"), 3)
    assert (chosen.keep, chosen.fresh, chosen.healthy) == (True, False, 0)
    assert parse(["--rows", "healthy", "--seeds", "3"], environ).healthy == 3


def test_without_a_choice_everything_is_run() -> None:
    """Five seeds of every row, and four healthy deploys a seed."""
    chosen = parse([], {})
    assert chosen.rows == tuple(every_row())
    assert (chosen.seeds, chosen.healthy, chosen.jobs) == ((1, 2, 3, 4, 5), 20, 2)


@pytest.mark.parametrize(("text", "expected"), [("3", (1, 2, 3)), ("7-9", (7, 8, 9)), ("3,11,3", (3, 11))])
def test_seeds_can_be_written_in_three_ways(text: str, expected: tuple[int, ...]) -> None:
    """So many, from to, or these."""
    assert seeds(text) == expected


@pytest.mark.parametrize("text", ["five", "0", "9-7", ",", ""])
def test_no_seed_is_no_choice(text: str) -> None:
    """Nothing to run is a mistake of whoever asked."""
    with pytest.raises(argparse.ArgumentTypeError):
        seeds(text)
