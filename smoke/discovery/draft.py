"""An environment file in the making: tables and lines, each with its comment, some of them switched off: pure."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

WIDTH = 110
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@dataclass(frozen=True, slots=True)
class Line:
    """
    One key with its value.

    *check* is the id of the check that the line brings about, if that is what must pass for the line to stay; *off*
    comments the line out.
    """

    key: str
    value: Any
    comment: str = ""
    check: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header as TOML writes it, `[services.web]` or `[[pages]]`; the first of a file has none."""

    header: str = ""
    comment: str = ""
    lines: Sequence[Line] = field(default=())
    check: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole file: what stands at its top, and its tables."""

    top: str
    tables: Sequence[Table]

    @property
    def checks(self) -> set[str]:
        """The checks that lines and tables stand or fall with."""
        named = {one.check for one in self.tables if not one.off}
        named |= {line.check for one in self.tables if not one.off for line in one.lines if not line.off}
        return named - {""}

    def without(self, reasons: Mapping[str, str]) -> "Draft":
        """Return the draft with what brings about the checks of *reasons* commented out, saying why."""
        return replace(self, tables=[_without(one, reasons) for one in self.tables])

    def table(self, check: str) -> Table | None:
        """Return the table that brings about *check*, if one does."""
        return next((one for one in self.tables if one.check == check and not one.off), None)

    def changed(self, table: Table, key: str, value: Any) -> "Draft":
        """Return the draft with another value of *key* in *table*."""
        lines = [replace(one, value=value) if one.key == key else one for one in table.lines]
        other = replace(table, lines=lines)
        return replace(self, tables=[other if one is table else one for one in self.tables])

    def text(self) -> str:
        """Return the file."""
        return "\n\n".join([_commented(self.top), *map(_table, self.tables)]) + "\n"


def toml(value: Any) -> str:
    """Return *value* as TOML writes it, on one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {toml(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    # A basic string of TOML has the escapes of JSON, but for DEL, which must be escaped too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if key and set(key) <= _BARE else toml(key)


def _table(table: Table) -> str:
    lines = [_commented(table.comment)] if table.comment else []
    body = [table.header] if table.header else []
    for one in table.lines:
        said = [_commented(one.comment)] if one.comment else []
        plain = f"{_key(one.key)} = {toml(one.value)}"
        body += [*said, f"# {plain}" if one.off and not table.off else plain]
    if table.off:
        body = [f"# {line}" for each in body for line in each.split("\n")]
    return "\n".join([*lines, *body])


def _commented(text: str) -> str:
    # TOML knows no control characters in comments, and what a site says may hold any.
    plain = ["".join(one if one.isprintable() else " " for one in line) for line in text.split("\n")]
    wrapped = [part for line in plain for part in textwrap.wrap(line, WIDTH) or [""]]
    return "\n".join(f"# {line}".rstrip() for line in wrapped)


def _without(table: Table, reasons: Mapping[str, str]) -> Table:
    if table.check in reasons and not table.off:
        return replace(table, off=True, comment=_why(table.comment, reasons[table.check]))
    lines = [
        replace(one, off=True, comment=_why(one.comment, reasons[one.check])) if one.check in reasons else one
        for one in table.lines
    ]
    return replace(table, lines=lines)


def _why(comment: str, reason: str) -> str:
    return f"{comment}\nTried and left out: {reason}".strip()
