"""How long an answer may be kept: as the origin says, unless the edge's operator has a rule of their own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoke.demo.wire import Answer

_LIFETIME = re.compile(rb"(?:^|[\s,])(s-maxage|max-age)=(\d+)")
_NEVER = re.compile(rb"\b(?:no-store|no-cache|private)\b")


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule of the edge's operator: answers of *host* to *paths* with *status* are kept for *lasts_s*, whatever they say.

    Everybody gets what was kept, whoever they are: cookies are no part of the key. *age_s* is how old the answer
    already is when it is kept, as one from a cache further behind. Without *whole_target* the query is no part of the
    key either.
    """

    host: str
    lasts_s: float
    paths: frozenset[str] | None = None
    status: int = HTTPStatus.OK
    age_s: float = 0.0
    whole_target: bool = True

    def covers(self, host: str, path: str) -> bool:
        """Tell whether the rule is about *path* of *host*."""
        return host == self.host and (self.paths is None or path in self.paths)


def rule_for(rules: Iterable[Rule], host: str, path: str) -> Rule | None:
    """Return the rule about *path* of *host*, if there is one."""
    return next((rule for rule in rules if rule.covers(host, path)), None)


def declared_lifetime_s(answer: "Answer") -> float:
    """Return how long the origin lets shared caches keep *answer*, 0 if not at all."""
    if answer.status != HTTPStatus.OK:
        return 0.0
    said = answer.header(b"cache-control").lower()
    if b"public" not in said or _NEVER.search(said):
        return 0.0
    found = {name: float(seconds) for name, seconds in _LIFETIME.findall(said)}
    return found.get(b"s-maxage", found.get(b"max-age", 0.0))
