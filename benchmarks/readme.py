"""Put the numbers into the README, between two markers."""

import re
from collections.abc import Sequence
from pathlib import Path

BEGIN = "<!-- speed:begin -->"
END = "<!-- speed:end -->"


def write(path: Path, parts: Sequence[str]) -> None:
    """Replace what is between the markers in *path* by *parts*; raises LookupError when a marker is missing."""
    text = path.read_text(encoding="utf-8")
    between = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not between.search(text):
        raise LookupError(f"{path} has no {BEGIN} … {END}; add them where the numbers are to stand")
    filled = "\n\n".join([BEGIN, *parts, END])
    path.write_text(between.sub(lambda _: filled, text), encoding="utf-8")
