"""Evidence files and how pages lead to them."""

from pathlib import Path

import pytest

from smoke.outputs.evidence import link, locate, picture


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "/etc/passwd", "browser/../../secret.txt", "leads-out", "missing.png", "a\x00b", "x" * 9000, "."],
)
def test_nothing_outside_of_the_run_is_found(tmp_path: Path, path: str) -> None:
    """Neither a path nor a symbolic link leads out of the run's directory."""
    run = tmp_path / "run"
    run.mkdir()
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (run / "leads-out").symlink_to(tmp_path / "secret.txt")
    assert locate(run, path) is None


def test_evidence_is_found(tmp_path: Path) -> None:
    """A file of the run is found under the path that the finding names."""
    (tmp_path / "browser").mkdir()
    file = tmp_path / "browser" / "a b.png"
    file.write_bytes(b"")
    assert locate(tmp_path, "browser/a b.png") == file


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("browser/a b#1?.png", "./browser/a%20b%231%3F.png"),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("//evil.example/x", "./evil.example/x"),
        ('"><script>', "./%22%3E%3Cscript%3E"),
        ("half \ud800", "./half%20%3F"),
    ],
)
def test_link(path: str, address: str) -> None:
    """An address stays relative, whatever the path is called."""
    assert link(path) == address


def test_picture(tmp_path: Path) -> None:
    """Small pictures are embedded; large ones and other files, which may hold scripts, are not."""
    small, large, vector = tmp_path / "a.PNG", tmp_path / "b.png", tmp_path / "c.svg"
    small.write_bytes(b"abc")
    large.write_bytes(b"abcdefghijk")
    vector.write_bytes(b"<svg/>")
    assert picture(small, 10) == "data:image/png;base64,YWJj"
    assert picture(large, 10) is None
    assert picture(vector, 10) is None
