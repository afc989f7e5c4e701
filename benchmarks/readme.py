"""Put the numbers into the README, between two markers."""

import re
from collections.abc import Sequence
from pathlib import Path


def markers(name: str) -> tuple[str, str]:
    """Return what stands before and after the numbers called *name*."""
    return f"<!-- {name}:begin -->", f"<!-- {name}:end -->"


BEGIN, END = markers("speed")


def write(path: Path, parts: Sequence[str], *, name: str = "speed") -> None:
    """Replace what is between the markers in *path* by *parts*; raises LookupError when a marker is missing."""
    text = path.read_text(encoding="utf-8")
    begin, end = markers(name)
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not between.search(text):
        raise LookupError(f"{path} has no {begin} … {end}; add them where the numbers are to stand")
    filled = "\n\n".join([begin, *parts, end])
    path.write_text(between.sub(lambda _: filled, text), encoding="utf-8")
