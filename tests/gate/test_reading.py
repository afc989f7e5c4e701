"""What anybody may have put in the place of a verdict."""

import os
from pathlib import Path

import pytest

from smoke.gate.demand import Refused
from smoke.gate.reading import LARGEST_BYTES, content_of, parsed


def refusal(file: Path) -> str:
    """Return what is said of *file*."""
    with pytest.raises(Refused) as raised:
        content_of(file)
    return raised.value.found


def test_a_plain_file(tmp_path: Path) -> None:
    """A plain file is read as it is."""
    (tmp_path / "verdict.json").write_bytes(b"{}")
    assert content_of(tmp_path / "verdict.json") == b"{}"


def test_nothing_there(tmp_path: Path) -> None:
    """What is not there is said to be not there."""
    assert refusal(tmp_path / "verdict.json") == f"there is no {tmp_path / 'verdict.json'}"


def test_a_link(tmp_path: Path) -> None:
    """A link may lead anywhere, tomorrow elsewhere."""
    (tmp_path / "other.json").write_bytes(b"{}")
    (tmp_path / "verdict.json").symlink_to("other.json")
    assert "symbolic link" in refusal(tmp_path / "verdict.json")


def test_a_device() -> None:
    """A device never ends."""
    assert "no plain file" in refusal(Path("/dev/zero"))


def test_a_pipe(tmp_path: Path) -> None:
    """Nobody waits for whoever might write into a pipe."""
    os.mkfifo(tmp_path / "verdict.json")
    assert "no plain file" in refusal(tmp_path / "verdict.json")


def test_a_directory(tmp_path: Path) -> None:
    """A directory is no file."""
    assert refusal(tmp_path)


def test_a_flood(tmp_path: Path) -> None:
    """A file of a terabyte is not read to its end."""
    with (tmp_path / "verdict.json").open("wb") as stream:
        stream.truncate(LARGEST_BYTES * 1000)
    assert "larger than any verdict" in refusal(tmp_path / "verdict.json")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no sound JSON"),
        (b"{", "no sound JSON"),
        (b"\xff\xfe{\x00}\x00", "no sound JSON"),
        (b"\xef\xbb\xbf{}", "no sound JSON"),
        (b'{"verdict": "fail", "verdict": "pass"}', "'verdict' stands there twice"),
        (b'{"checks": [{"outcome": "failed", "outcome": "passed"}]}', "'outcome' stands there twice"),
        (b'{"verdict": "fail", "verd\\u0069ct": "pass"}', "'verdict' stands there twice"),
        (b'{"duration_s": NaN}', "NaN is no number"),
        (b'{"duration_s": -Infinity}', "-Infinity is no number"),
        (b'{"duration_s": 1e999}', "too large"),
        (b"1" * 10_000, "no sound JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b"{} {}", "no sound JSON"),
    ],
)
def test_ambiguous(content: bytes, said: str) -> None:
    """JSON that two readers could take for different things is none."""
    with pytest.raises(Refused) as raised:
        parsed(content, "verdict.json")
    assert said in raised.value.found
