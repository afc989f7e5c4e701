"""
What a message about a deploy tells, by its words: that it was made, that it begins, or that it failed.

Chats have no grammar. What is not clearly a failure or a mere beginning is taken for what its writer meant: a word that
it was deployed. A changelog that speaks of failures makes none, which is why only what is said of a deploy counts.
"""

import re
from enum import Enum

_DEPLOY = r"(?:deploy|deploys|deployment|deploying|release|rollout|roll-out|pipeline|workflow|build|promotion|job)"
_GAP = r"(?:(?! [-\u2013\u2014\u00b7|] )[^.\n:;!?(\[]){0,60}?"
"""A few words of the same thought."""

_BAD = r"(?:failed|fails|failing|failure|aborted|canceled|cancelled|errored|unsuccessful|timed out|did not succeed)"
_FAILED = re.compile(
    rf"\b{_DEPLOY}\b{_GAP}\b(?<!of )(?<!for )(?<!on )(?<!with ){_BAD}\b"
    rf"|\b{_DEPLOY}\b{_GAP}(?::| [-\u2013\u2014])\s?{_BAD}\W*$"
    rf"|\b(?:failed|failure|unable|could not|cannot)\b(?: \w+){{0,3}} {_DEPLOY}\b"
    rf"|\b(?:status|result|state|conclusion|outcome)\W{{1,8}}(?:{_BAD}|error)\b"
    rf"|^\W*{_BAD}\b"
    r"|^\W*roll(?:ed|ing)?[ -]?back\b|\b(?:was|is|been|being) rolled back\b|\brolled back (?:to|from)\b"
    r"|:(?:x|red_circle|rotating_light|no_entry|no_entry_sign|octagonal_sign|boom|fire|heavy_multiplication_x):"
    r"|[\u274c\u2716\u26d4]|[\U0001f534\U0001f6a8\U0001f6d1]",
    re.IGNORECASE | re.MULTILINE,
)
_BEGUN = re.compile(
    rf"^\W*(?:\S+ ){{0,2}}deploying\b|\b{_DEPLOY}\b{_GAP}\b(?:started|starts|starting|begins|began|beginning"
    rf"|in progress|queued|pending|is running)\b|\b(?:starting|started|beginning|queued)\b(?: \w+){{0,3}} {_DEPLOY}\b",
    re.IGNORECASE | re.MULTILINE,
)
_DONE = re.compile(
    r"\b(?:deployed|succeeded|successful|successfully|success|finished|completed|shipped|(?:is|now) live|promoted"
    r"|done)\b",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\b(?:not|never|un)[ -]?(?:yet )?(?:deployed|successful|finished|completed|live)\b", re.IGNORECASE
)


class News(Enum):
    """What a message tells of a deploy."""

    SUCCESS = "success"
    START = "start"
    FAILURE = "failure"


def news_of(said: str) -> News:
    """Return what a message tells of the deploy that it names; *said* is what people read of it."""
    if _FAILED.search(said) or _NOT_DONE.search(said):
        return News.FAILURE
    return News.START if _BEGUN.search(said) and not _DONE.search(said) else News.SUCCESS


def is_named(name: str, said: str) -> bool:
    """Tell whether a message names a person or a change, as far as it quotes it: the first line, and no address."""
    first = next((line for line in name.splitlines() if line.strip()), "")
    bare = _plain(re.sub(r"<[^<>]*@[^<>]*>", "", first))
    address = re.search(r"[\w.+-]+@[\w.-]+", first)
    short = bare.removeprefix("- ").removeprefix("* ")[:LONGEST]
    text = _plain(said)
    return bool(short and short in text) or bool(address and address[0].lower() in text)


LONGEST = 60
"""How much of a line a message must quote; many shorten it."""


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
