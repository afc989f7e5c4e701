"""Find the line on which each key of a TOML document stands; tomllib does not tell."""

import re
from collections.abc import Iterator

Place = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_KEY})\s*\]")
_ASSIGNMENT = re.compile(rf"^\s*({_KEY})\s*=(.*)$", re.DOTALL)
_TOKEN = re.compile(r"""\"\"\"|'''|"(?:\\.|[^"\\])*"|'[^']*'|\#.*|[\[\]{}]""")
_OPENERS = {"[": 1, "{": 1, "]": -1, "}": -1}


def key_lines(text: str) -> dict[Place, int]:
    """
    Return the line, from 1, of every table header and key of a valid TOML document.

    Keys inside inline tables and arrays are not listed: they stand on the line of the key that holds them, or below.
    """
    found: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in _statements(text):
        if header := _HEADER.match(line):
            table = _enter(_parts(header[2]), counts, array=header[1] == "[[")
            found.setdefault(table, number)
        elif assignment := _ASSIGNMENT.match(line):
            found.setdefault((*table, *_parts(assignment[1])), number)
    return found


def line_of(found: dict[Place, int], place: Place) -> int | None:
    """Return the line of *place*, or of the first key in it, or of the nearest table around it."""
    for length in range(len(place), 0, -1):
        inside = [line for key, line in found.items() if key[:length] == place[:length]]
        if inside:
            return min(inside)
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines on which a statement begins, with their numbers."""
    depth, quote = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not depth and not quote:
            yield number, line
            assignment = _ASSIGNMENT.match(line)
            rest = assignment[2] if assignment else ""
        else:
            rest = line
        depth, quote = _follow(rest, depth, quote)


def _follow(rest: str, depth: int, quote: str) -> tuple[int, str]:
    """Return the open brackets and the open multi-line quote after *rest*."""
    while True:
        if quote:
            _, closing, rest = rest.partition(quote)
            if not closing:
                return depth, quote
            quote = ""
        token = _TOKEN.search(rest)
        if token is None:
            return depth, ""
        rest = rest[token.end() :]
        depth += _OPENERS.get(token[0], 0)
        quote = token[0] if token[0] in {'"""', "'''"} else ""


def _enter(parts: tuple[str, ...], counts: dict[Place, int], *, array: bool) -> Place:
    """Return the place that a header opens: the latest item of each array of tables on the way."""
    place: Place = ()
    for index, part in enumerate(parts):
        place = (*place, part)
        if array and index == len(parts) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, key))
