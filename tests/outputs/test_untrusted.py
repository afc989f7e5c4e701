"""Text that a target wrote."""

import time

import pytest

from smoke.outputs import untrusted
from tests.outputs.verdicts import HOSTILE


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("  two\n lines\t. ", "two lines ."),
        ("\x1b[31;1mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\after", "after"),
        ("\x1bPdevice\x1b\\after", "after"),
        ("\x1b]never ended", "never ended"),
        ("\x9b2Jclear", "clear"),
        ("a\x00b\x08c\x7fd", "abcd"),
        ("abc\u202egnp.exe\u2066", "abcgnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half \ud800 pair", "half pair"),
        ("one\u2028two\u2029three\x85four\rfive\r\nsix", "one two three four five six"),
        ("請求書 ✓ é", "請求書 ✓ é"),
        (None, "None"),
    ],
)
def test_one_line(text: object, shown: object) -> None:
    """What is not seen is gone, and what is seen stays."""
    assert untrusted.one_line(text) == shown


def test_one_line_is_bounded() -> None:
    """A line ends in an ellipsis where it was cut."""
    assert untrusted.one_line("A" * 1_000_000, 10) == "AAAAAAAAA…"


def test_a_flood_costs_nothing() -> None:
    """Text that is cut off anyway is not cleaned."""
    started = time.process_time()
    untrusted.one_line("\x1b]" * 10_000_000)
    assert time.process_time() - started < 0.5


def test_block_keeps_lines() -> None:
    """Line breaks and tabs stay in a block, in one form."""
    assert untrusted.block("a\r\n\tb\u2028c\x00") == "a\n\tb\nc"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", ": :error: :x"),
        ("a ::set-output name=b::c", "a : :set-output name=b: :c"),
        ("##[error]x", "# #[error]x"),
        ("[::1]:443", "[::1]:443"),
        ("12:30::", "12:30::"),
    ],
)
def test_for_log_defuses_commands(text: object, shown: object) -> None:
    """No part of a line can be read as a command by a build log."""
    assert untrusted.for_log(text) == shown


def test_for_log_withstands_everything_at_once() -> None:
    """The whole attack holds no escape, no command and one line."""
    shown = untrusted.for_log(HOSTILE)
    assert "\x1b" not in shown
    assert "::error" not in shown
    assert "##[" not in shown
    assert shown.isprintable()


def test_visible_keeps_the_length() -> None:
    """Nothing is cut off, and nothing that is not seen is left."""
    assert untrusted.visible("a" * 100_000) == "a" * 100_000
    assert untrusted.visible("\x1b[31mred\u202e\r\n\tx") == "red\n\tx"
