"""Tests of what an interrupted run leaves and finds again."""

from pathlib import Path

from benchmarks.accuracy.record import Record, digest


def test_what_was_added_is_found_again(tmp_path: Path) -> None:
    """The latest of one case counts."""
    path = tmp_path / "new" / "finished.jsonl"
    Record(path, "x").add("A01#1", {"cpu_s": 1})
    Record(path, "x").add("A01#1", {"cpu_s": 2})
    assert Record(path, "x").finished() == {"A01#1": {"key": "A01#1", "digest": "x", "cpu_s": 2}}


def test_results_of_other_sources_do_not_mix(tmp_path: Path) -> None:
    """They count only if they are to be kept, and even then not before those of these sources."""
    path = tmp_path / "finished.jsonl"
    for word, key in [("new", "A01#1"), ("old", "A01#1"), ("old", "B02#1")]:
        Record(path, word).add(key, {})
    assert set(Record(path, "new").finished()) == {"A01#1"}
    kept = Record(path, "new", kept=True).finished()
    assert {key: one["digest"] for key, one in kept.items()} == {"A01#1": "new", "B02#1": "old"}


def test_a_torn_line_costs_one_case(tmp_path: Path) -> None:
    """What a killed run was writing is ignored, and what follows is not lost with it."""
    path = tmp_path / "finished.jsonl"
    record = Record(path, "x")
    record.add("A01#1", {})
    with path.open("a") as stream:
        stream.write('{"key": "B02#1", "dig')
    record.add("C01#1", {})
    assert set(record.finished()) == {"A01#1", "C01#1"}


def test_nothing_is_finished_at_first(tmp_path: Path) -> None:
    """No file, no cases."""
    assert Record(tmp_path / "none.jsonl", "x").finished() == {}


def test_the_digest_follows_the_product(tmp_path: Path) -> None:
    """A changed source is another product; other files and compiled ones are not looked at."""
    (tmp_path / "smoke" / "__pycache__").mkdir(parents=True)
    source = tmp_path / "smoke" / "cli.py"
    source.write_text("one")
    before = digest(tmp_path)
    (tmp_path / "smoke" / "__pycache__" / "cli.pyc").write_text("compiled")
    (tmp_path / "README.md").write_text("words")
    assert digest(tmp_path) == before
    source.write_text("two")
    assert digest(tmp_path) != before
