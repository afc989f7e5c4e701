"""
Make text that a target wrote harmless before a person or a tool reads it.

Targets choose the words of their error pages, so any text in a finding may carry escape sequences that repaint a
terminal, characters that reverse the reading direction, commands for a log's reader, or a megabyte of anything.
"""

import re

LINE_LIMIT = 400
"""Characters of one line that a person is shown."""

BLOCK_LIMIT = 20_000
"""Characters of one quoted text in a file."""

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system commands: titles, links, clipboard
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # device control and other strings
    r"|[\x1b\x9b]\[?[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor movement
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters except tab and line feed
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width and direction overrides
    "\ud800-\udfff\ufffe\uffff]"  # not characters; no XML may hold them
    "|[\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_LOG_COMMAND = re.compile(r"::(?=[A-Za-z])|##(?=\[)")


def one_line(text: object, limit: int = LINE_LIMIT) -> str:
    """Return *text* as one line of at most *limit* characters, without anything that is not seen."""
    return _cut(" ".join(_clean(text, limit).split()), limit)


def block(text: object, limit: int = BLOCK_LIMIT) -> str:
    """Return *text* with its line breaks and tabs, without anything else that is not seen."""
    return _cut(_clean(text, limit), limit)


def visible(text: str) -> str:
    """Return *text* at its full length, with its line breaks and tabs, and without anything else that is not seen."""
    return text if text.isprintable() else _INVISIBLE.sub("", _ESCAPES.sub("", _BREAKS.sub("\n", text)))


def for_log(text: object, limit: int = LINE_LIMIT) -> str:
    """
    Return one line that no build log takes for a command.

    GitHub's runner obeys `::name` at the start of a line, after white space too, and `##[name]` anywhere in it;
    wrapping may bring any word to the start of a line.
    """
    return _LOG_COMMAND.sub(lambda found: " ".join(found[0]), one_line(text, limit))


def _clean(text: object, limit: int) -> str:
    # What is cut off anyway is not worth cleaning; escapes may make the rest shorter, hence the margin.
    raw = str(text)[: limit * 4 + 4000]
    return _INVISIBLE.sub("", _ESCAPES.sub("", _BREAKS.sub("\n", raw)))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
