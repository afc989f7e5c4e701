"""
Lines for a terminal: colour, marks and wrapping by display columns.

Written out rather than taken from rich: importing rich's console costs more time than all the lines of a run, and what
is needed are five colours and a hanging indent.
"""

import unicodedata
from dataclasses import dataclass

from smoke.verdict.words import Outcome

RED, GREEN, YELLOW, BOLD, DIM = "31", "32", "33", "1", "2"

_SIGNS = "✓✗·…"
_ASCII = str.maketrans({"✓": "+", "✗": "x", "·": "|", "…": "..."})
_MARKS = {
    Outcome.PASSED: ("✓", GREEN),
    Outcome.FAILED: ("✗", RED),
    Outcome.UNDECIDED: ("?", YELLOW),
    Outcome.SKIPPED: ("-", DIM),
}


@dataclass(frozen=True, slots=True)
class Style:
    """What a stream can show: *colour*, lines of *room* columns, and the characters that its *encoding* has."""

    room: int
    colour: bool = False
    encoding: str = "utf-8"

    def paint(self, text: str, *codes: str) -> str:
        """Return *text* in colour, if there is colour."""
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self.colour and codes and text else text

    def mark(self, outcome: Outcome, *, gating: bool = True) -> str:
        """Return the one-character mark of an outcome; what is advisory never looks alarming."""
        sign, code = _MARKS[outcome]
        if outcome is Outcome.FAILED and not gating:
            sign, code = "!", YELLOW
        return self.paint(self.showable(sign), code, *([BOLD] if outcome is Outcome.FAILED else []))

    def showable(self, text: str) -> str:
        """Replace the characters that the stream's encoding does not have."""
        if self._has(text):
            return text
        plain = text if self._has(_SIGNS) else text.translate(_ASCII)
        return plain.encode(self.encoding, "replace").decode(self.encoding)

    def _has(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True


def columns(text: str) -> int:
    """Return how many columns *text* takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def wrap(text: str, room: int, hang: int, most: int | None = None) -> list[str]:
    """
    Break *text* into lines of at most *room* columns, the first one complete, the others indented by *hang*.

    Words longer than a line are broken; several spaces between words stay. With *most* lines reached, the last one ends
    in an ellipsis.
    """
    lines, current = [], ""
    for word in text.split(" "):
        candidate = f"{current} {word}" if current.strip() else current + word
        if columns(candidate) <= room:
            current = candidate
            continue
        if current.strip():
            lines.append(current.rstrip())
        current = " " * (hang if lines else 0) + word
        while columns(current) > room:
            head = cut(current, room)
            lines.append(head)
            current = " " * hang + current[len(head) :]
    lines.append(current.rstrip())
    if most is not None and len(lines) > most:
        return [*lines[: most - 1], shorten(lines[most - 1] + " …", room, always=True)]
    return lines


def cut(text: str, room: int) -> str:
    """Return as much of the start of *text* as fits into *room* columns, and at least one character."""
    used = 0
    for index, character in enumerate(text):
        used += _columns_of(character)
        if used > room and index:
            return text[:index]
    return text


def shorten(text: str, room: int, *, always: bool = False) -> str:
    """Return *text*, ended by an ellipsis where it had to be cut (or *always*)."""
    if columns(text) <= room and not always:
        return text
    return cut(text.removesuffix("…").rstrip(), room - 1).rstrip() + "…"


def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
