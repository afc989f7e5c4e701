"""Where the databases lie, and the cluster that is kept for many starts."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from smoke.demo import scratch
from smoke.demo.process import Stack
from tests.demo.visitor import API, Visitor


def test_a_named_place_is_obeyed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TMPDIR comes before memory."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert scratch.scratch_directory() == tmp_path


@pytest.mark.parametrize(("roomy_bytes", "there"), [(0, True), (2**60, False)])
def test_memory_is_used_if_there_is_plenty(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, roomy_bytes: int, *, there: bool
) -> None:
    """Where there is little, or none, files go where they always go."""
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.ST_NOEXEC", 0, raising=False)
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "ROOMY_BYTES", roomy_bytes)
    assert (scratch.scratch_directory() == tmp_path) is there
    monkeypatch.setattr(scratch, "MEMORY", tmp_path / "none")
    assert scratch.scratch_directory() != tmp_path


def test_the_first_leaves_a_cluster_and_others_use_it(tmp_path: Path) -> None:
    """The copy is a cluster of its own: what one stack writes the next one does not see; the kept one stays."""
    with TemporaryDirectory(prefix="sg-") as directory:
        Path(directory).chmod(0o711)
        cluster = Path(directory) / "cluster"
        for turn in range(2):
            with Stack(tmp_path / str(turn), cluster=cluster):
                assert Visitor(tmp_path / str(turn)).ask(API, "/tenant").status == 200
            assert (cluster / "PG_VERSION").exists()
            assert list(Path(directory).iterdir()) == [cluster]
