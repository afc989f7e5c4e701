"""Files that are replaced in one step."""

from pathlib import Path

import pytest

from smoke.files import PRIVATE, replace_file


def test_replaces(tmp_path: Path) -> None:
    """The new content takes the place of the old, and nothing else is left behind."""
    file = tmp_path / "summary.md"
    replace_file(file, "old")
    replace_file(file, "new ✓")
    assert file.read_text(encoding="utf-8") == "new ✓"
    assert list(tmp_path.iterdir()) == [file]


def test_bytes_and_half_characters(tmp_path: Path) -> None:
    """Bytes stay as they are; what no encoding can carry becomes a question mark."""
    file = tmp_path / "junit.xml"
    replace_file(file, b"\x00\xff")
    assert file.read_bytes() == b"\x00\xff"
    replace_file(file, "half \ud800")
    assert file.read_bytes() == b"half ?"


def test_a_private_file_is_nobody_elses(tmp_path: Path) -> None:
    """What holds secrets can be read by its owner only."""
    file = tmp_path / "sessions.json"
    replace_file(file, "{}", PRIVATE)
    assert file.stat().st_mode & 0o777 == PRIVATE


def test_keeps_the_old_when_writing_fails(tmp_path: Path) -> None:
    """A file that cannot be replaced is left as it was, without a temporary one beside it."""
    target = tmp_path / "report.html"
    target.mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(target, "new")
    assert list(tmp_path.iterdir()) == [target]
