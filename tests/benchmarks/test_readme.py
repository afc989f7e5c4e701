"""Tests of how the numbers get into the README."""

from pathlib import Path

import pytest

from benchmarks.readme import BEGIN, END, write


def test_only_what_is_between_the_markers_is_replaced(tmp_path: Path) -> None:
    """The rest of the page, and the markers, stay."""
    page = tmp_path / "README.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write(page, ["| table |", r"Measured \1 here."])
    assert page.read_text(encoding="utf-8") == (f"before\n{BEGIN}\n\n| table |\n\nMeasured \\1 here.\n\n{END}\nafter\n")


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    """Where to put the numbers is for people to say."""
    page = tmp_path / "README.md"
    page.write_text("nothing to fill\n", encoding="utf-8")
    with pytest.raises(LookupError, match="speed:begin"):
        write(page, ["| table |"])
    assert page.read_text(encoding="utf-8") == "nothing to fill\n"
