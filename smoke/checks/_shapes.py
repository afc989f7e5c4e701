"""
The shape of a JSON answer: which fields it has, and of which types.

A path such as `items[].contact?.email` goes into every element of a list; what a `?` follows may be null or absent,
with all that lies below it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

PATHS = 150
"""Most fields of one answer that are remembered."""

DEPTH = 6
"""How deep fields are remembered."""

_STEP = re.compile(r"\[\]|\?|[^.\[\]?]+")
_MISSING = object()


def departures(shape: Mapping[str, str], document: Any) -> list[str]:
    """Return how *document* departs from *shape*, in short texts without values; more fields are no departure."""
    found: dict[str, None] = {}
    for path, wanted in shape.items():
        for value in _reach(document, _STEP.findall(path)):
            fault = "missing" if value is _MISSING else type_fault(value, wanted)
            if fault:
                found[f"{path.replace('?', '')} is {fault}"] = None
    return list(found)


def losses(shape: Mapping[str, str], document: Any) -> list[str]:
    """
    Return what *document* lost of a *shape* that an earlier answer proved, in short texts without values.

    A field that single elements of a list lack, or have as null, may always have been optional; one that none has any
    more is lost, and so is the type where one element has another.
    """
    found: list[str] = []
    for path, wanted in shape.items():
        values = list(_reach(document, _STEP.findall(path)))
        there = [value for value in values if value is not _MISSING and value is not None]
        others = [fault for value in there if (fault := type_fault(value, wanted))]
        if others or (values and not there):
            lack = "null" if None in values else "missing"
            found.append(f"{path} is {others[0] if others else lack}")
    return found


def type_fault(value: Any, wanted: str) -> str | None:
    """Return `string, not number` where *value* is not of the type *wanted*; every integer is a number."""
    found = type_of(value)
    if found == wanted or (wanted == "number" and found == "integer"):
        return None
    return f"{found}, not {wanted}"


def type_of(value: Any) -> str:
    """Return the word of JSON Schema for the type of *value*; a number without fraction is an integer."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if float(value).is_integer() else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def shape_of(document: Any) -> dict[str, str]:
    """
    Return the shape that *document* proves, to be compared with a later one.

    Only what is there in every element of a list, never null and of one type, was promised by anything seen. Integers
    count as numbers: the next price may have cents.
    """
    found: dict[str, str] = {}
    _collect([document], "", found, DEPTH)
    return found


def common(shapes: list[Mapping[str, str]]) -> dict[str, str]:
    """Return what all of *shapes* agree about."""
    first = shapes[0] if shapes else {}
    return {path: kind for path, kind in first.items() if all(one.get(path) == kind for one in shapes)}


def _collect(values: list[Any], path: str, found: dict[str, str], depth: int) -> None:
    """Add what all of *values*, the ones at *path*, have in common."""
    kinds = {_remembered(value) for value in values}
    if len(kinds) != 1 or "null" in kinds or len(found) >= PATHS:
        return
    (kind,) = kinds
    if path:
        found[path] = kind
    if depth == 0:
        return
    if kind == "array":
        elements = [element for value in values for element in value]
        if elements:
            _collect(elements, f"{path}[]", found, depth - 1)
    elif kind == "object":
        keys = [key for key in values[0] if _speakable(key) and all(key in value for value in values)]
        for key in keys:
            _collect([value[key] for value in values], f"{path}.{key}" if path else key, found, depth - 1)


def _remembered(value: Any) -> str:
    kind = type_of(value)
    return "number" if kind == "integer" else kind


def _speakable(key: str) -> bool:
    """Tell whether *key* is the name of a field, and no value used as a key: an id, a date, an address."""
    return re.fullmatch(r"[A-Za-z_$][A-Za-z_$-]{0,59}|[A-Za-z_$][A-Za-z0-9_$]{0,29}", key) is not None


def _reach(value: Any, steps: list[str]) -> Iterator[Any]:
    """Yield every value that *steps* lead to; `_MISSING` where a step leads nowhere."""
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if step == "?":
        yield from () if value is None or value is _MISSING else _reach(value, rest)
    elif step == "[]":
        for element in value if isinstance(value, list) else ():
            yield from _reach(element, rest)
        if not isinstance(value, list):
            yield _MISSING
    else:
        yield from _reach(value.get(step, _MISSING), rest) if isinstance(value, dict) else (_MISSING,)
