"""The directory of one run."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from smoke.errors import UsageError
from smoke.record import run_directory


def test_run_ids_sort_by_time_and_are_unique() -> None:
    """Later ids are greater, and two of the same second differ."""
    now = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
    ids = [run_directory.new_run_id(now + timedelta(seconds=step)) for step in range(3)]
    assert ids == sorted(ids)
    assert ids[0].startswith("20261121T101500Z-")
    assert run_directory.new_run_id(now) != run_directory.new_run_id(now)


def test_create(tmp_path: Path, run_id: str) -> None:
    """A run has a directory of its own, with a place for what the browser leaves."""
    directory = run_directory.create(tmp_path, "portal/prod", run_id)
    assert directory == tmp_path / "portal" / "prod" / run_id
    assert (directory / "browser").is_dir()


@pytest.mark.parametrize("wrong", ["", "latest", "..", "../prod", "a/b", ".hidden", "a b", "a\n", "-n", "x" * 101])
def test_an_id_is_a_plain_name(tmp_path: Path, wrong: str) -> None:
    """An id that leads elsewhere, or stands in the way of `latest`, is refused."""
    with pytest.raises(UsageError, match="is no plain name; use letters, digits"):
        run_directory.create(tmp_path, "portal/prod", wrong)
    assert list(tmp_path.iterdir()) == []


def test_an_id_is_used_once(tmp_path: Path, run_id: str) -> None:
    """A second run under an old id could be taken for the first, so that it is refused."""
    directory = run_directory.create(tmp_path, "portal/prod", run_id)
    run_directory.write_verdict(directory, {"verdict": "pass"})
    with pytest.raises(UsageError, match="holds the verdict of an earlier run; give another --run-id"):
        run_directory.create(tmp_path, "portal/prod", run_id)


def test_a_place_that_cannot_be_written(tmp_path: Path, run_id: str) -> None:
    """A file where the reports should lie is one sentence with the remedy."""
    (tmp_path / "reports").write_text("")
    with pytest.raises(UsageError, match=r"cannot be written \(.+\); give a writable directory with --reports"):
        run_directory.create(tmp_path / "reports", "portal/prod", run_id)


def test_latest(tmp_path: Path) -> None:
    """`latest` leads to the run that was last pointed to, and nothing else is left behind."""
    for name in ("first", "second"):
        run_directory.point_latest(run_directory.create(tmp_path, "portal/prod", name))
    latest = tmp_path / "portal" / "prod" / "latest"
    assert latest.resolve().name == "second"
    assert os.readlink(latest) == "second"  # noqa: PTH115 - relative, so that the reports can be moved
    assert sorted(one.name for one in latest.parent.iterdir()) == ["first", "latest", "second"]


def test_latest_is_only_a_convenience(tmp_path: Path) -> None:
    """Where `latest` cannot be made, as somebody put a directory there, the run goes on."""
    directory = run_directory.create(tmp_path, "portal/prod", "first")
    (directory.parent / "latest" / "kept").mkdir(parents=True)
    run_directory.point_latest(directory)
    assert sorted(one.name for one in directory.parent.iterdir()) == ["first", "latest"]


def test_verdict_is_replaced_in_one_step(tmp_path: Path) -> None:
    """A reader sees the old verdict or the new one, never half of one."""
    done, seen = Event(), set[str]()
    run_directory.write_verdict(tmp_path, {"verdict": "a", "padding": "x" * 100_000})

    def look() -> None:
        while not done.is_set():
            seen.add(json.loads((tmp_path / "verdict.json").read_text())["verdict"])

    reader = Thread(target=look)
    reader.start()
    try:
        for turn in range(40):
            run_directory.write_verdict(tmp_path, {"verdict": "ab"[turn % 2], "padding": "x" * 100_000})
    finally:
        done.set()
        reader.join()
    assert seen <= {"a", "b"}
    assert [one.name for one in tmp_path.iterdir()] == ["verdict.json"]


def test_verdict_holds_any_text(tmp_path: Path) -> None:
    """Half a character from a hostile target is no reason to have no verdict."""
    verdict = {"summary": "\ud800 \u2028 後"}
    run_directory.write_verdict(tmp_path, verdict)
    assert run_directory.read_verdict(tmp_path) == verdict


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"3", b"\xff"])
def test_no_verdict_that_can_be_read(tmp_path: Path, content: bytes | None) -> None:
    """A missing or damaged file is no verdict."""
    if content is not None:
        (tmp_path / "verdict.json").write_bytes(content)
    assert run_directory.read_verdict(tmp_path) is None
