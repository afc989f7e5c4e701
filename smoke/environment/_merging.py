"""Merge a file into the one that it extends."""

from collections.abc import Mapping, Sequence
from typing import Any

Table = Mapping[str, Any]

_REFERENCE_KEYS = frozenset({"env", "file"})


def merge(parent: Table, child: Table) -> dict[str, Any]:
    """
    Return *parent* with *child* laid over it.

    Tables merge key by key. Arrays of tables that all have a `name` merge by name: the order of the parent is kept, new
    names follow. Everything else is replaced, an empty array and a reference (`env`, `file`) included.
    """
    merged = dict(parent)
    for key, value in child.items():
        merged[key] = _merge_value(parent[key], value) if key in parent else value
    return merged


def is_named(value: object) -> bool:
    """Tell whether *value* is a non-empty array of tables that all have a `name`."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and "name" in item for item in value)


def _merge_value(parent: Any, child: Any) -> Any:
    if isinstance(parent, dict) and isinstance(child, dict) and not _is_reference(child):
        return merge(parent, child)
    if is_named(parent) and is_named(child):
        return _merge_named(parent, child)
    return child


def _merge_named(parent: Sequence[Table], child: Sequence[Table]) -> list[Table]:
    merged = list(parent)
    for item in child:
        place = next((i for i, other in enumerate(merged) if other["name"] == item["name"]), None)
        if place is None:
            merged.append(item)
        else:
            merged[place] = merge(merged[place], item)
    return merged


def _is_reference(table: Table) -> bool:
    return bool(table) and table.keys() <= _REFERENCE_KEYS
