"""Wrapping by display columns."""

import pytest

from smoke.outputs.ansi import Style, columns, shorten, wrap
from smoke.verdict.words import Outcome


@pytest.mark.parametrize(("text", "count"), [("", 0), ("abc", 3), ("請求", 4), ("é", 1), ("e\u0301", 1), ("✓", 1)])
def test_columns(text: str, count: int) -> None:
    """Wide characters take two columns, combining ones none."""
    assert columns(text) == count


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("one two three four", ["one two", "  three", "  four"]),
        ("id   is broken", ["id   is", "  broken"]),
        ("abcdefghijklmnopqrst", ["abcdefghij", "  klmnopqr", "  st"]),
        ("a 請求書請求書", ["a", "  請求書請", "  求書"]),
    ],
)
def test_wrap(text: str, lines: list[str]) -> None:
    """Lines break between words, and within words that are longer than a line."""
    assert wrap(text, 10, 2) == lines


def test_wrap_ends_in_an_ellipsis() -> None:
    """What does not fit into the lines that there are is cut, visibly."""
    assert wrap("one two three four five six", 10, 2, 2) == ["one two", "  three…"]


@pytest.mark.parametrize(("room", "shown"), [(7, "invoice"), (6, "invoi…"), (1, "i…")])
def test_shorten(room: int, shown: str) -> None:
    """Text that is cut ends in an ellipsis."""
    assert shorten("invoice", room) == shown


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "✗"), ("ascii", "x"), ("cp1252", "x")])
def test_mark_follows_the_encoding(encoding: str, mark: str) -> None:
    """A stream that has no such sign gets a letter."""
    assert Style(78, encoding=encoding).mark(Outcome.FAILED) == mark


def test_showable_replaces_only_what_is_missing() -> None:
    """Characters that the encoding has stay."""
    assert Style(78, encoding="latin-1").showable("é · 請…") == "é | ?..."
