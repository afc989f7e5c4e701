"""The standard output, whose reader may go at any time."""

import os
import sys

import pytest

from smoke.stdout import Unbreakable, outlive_reader


def test_a_broken_pipe_swallows_what_comes() -> None:
    """After its reader has gone a stream takes everything and writes nothing."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        unbreakable = Unbreakable(stream)
        unbreakable.write("read")
        unbreakable.flush()
        assert os.read(reader, 10) == b"read"
        os.close(reader)
        for _ in range(3):
            assert unbreakable.write("lost" * 10_000) == 40_000
            unbreakable.writelines(["lost"] * 10_000)
            unbreakable.flush()


def test_other_errors_are_errors() -> None:
    """Only a reader that has gone is outlived."""
    stream = Unbreakable(open(os.devnull, "w"))  # noqa: PTH123, SIM115 - closed in the next line
    stream.close()
    with pytest.raises(ValueError, match="closed file"):
        stream.write("x")


def test_no_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none, one is made that leads to nowhere; where there is one, it stays the stream that it is."""
    monkeypatch.setattr(sys, "stdout", None)
    outlive_reader()
    with sys.stdout as made:
        assert made.write("x") == 1
    monkeypatch.setattr(sys, "stdout", sys.__stderr__)
    outlive_reader()
    outlive_reader()
    assert sys.stdout.fileno() == sys.__stderr__.fileno()  # type: ignore[union-attr]
