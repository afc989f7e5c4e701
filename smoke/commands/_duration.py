"""Durations on the command line: `900`, `90s`, `15m`, `1h`."""

import re
from argparse import ArgumentTypeError

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SHAPE = re.compile(r"([0-9]{1,7})([smhd]?)")


def duration(text: str) -> float:
    """Return the seconds that *text* says; raises ArgumentTypeError for anything but a number with a unit."""
    found = _SHAPE.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise ArgumentTypeError(f"found {text!r}, but a duration such as 15m, 1h or 900 (seconds) is needed")
    return float(int(found[1]) * _UNITS[found[2]])
