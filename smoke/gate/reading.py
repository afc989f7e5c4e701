"""Read a file that anybody may have put there: bounded, no link, no device, and JSON of one meaning only."""

import errno
import json
import math
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from smoke.gate.demand import Refused

LARGEST_BYTES = 16_000_000
"""Many times the largest verdict; reading it takes a moment."""

AGAIN = "run `smoke verify` again and hand on what it writes, unchanged"


def content_of(file: Path) -> bytes:
    """Return the bytes of *file*; raises Refused unless it is a plain file of a bearable size."""
    try:
        # Not blocking: the other end of a pipe may never come.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(file, error) from error
    try:
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refused(f"{file} is no plain file", AGAIN)
            content = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise _unreadable(file, error) from error
    if len(content) > LARGEST_BYTES:
        raise Refused(f"{file} is larger than any verdict ({LARGEST_BYTES // 1_000_000} MB)", AGAIN)
    return content


def parsed(content: bytes, what: str) -> Any:
    """Return the JSON value of *content*; raises Refused where two readers could take it for different things."""
    try:
        return json.loads(
            content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite
        )
    except RecursionError:
        raise Refused(f"{what} is nested too deeply", AGAIN) from None
    except ValueError as error:
        raise Refused(f"{what} is no sound JSON ({error})", AGAIN) from None


def _unreadable(file: Path, error: OSError) -> Refused:
    if error.errno == errno.ENOENT:
        return Refused(f"there is no {file}", "run `smoke verify` first, and hand on its run directory")
    if error.errno in {errno.ELOOP, errno.EMLINK}:
        return Refused(f"{file} is a symbolic link", "name the file itself")
    return Refused(f"{file} cannot be read ({error.strerror})", AGAIN)


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ValueError(f"the key {name[:40]!r} stands there twice")
        made[name] = value
    return made


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number
