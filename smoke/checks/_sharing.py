"""What tells that an answer for one account reached another, or may reach it out of a cache; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smoke.checks._answers import cached
from smoke.http import Exchange

SHORTEST_NAME = 5
"""A shorter user name may stand in any text by chance."""

_SUCCESS = range(200, 300)
_REFUSALS = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Given:
    """An answer with the *role* that asked, None for nobody, and the roles whose user name is in it."""

    role: str | None
    exchange: Exchange
    names: frozenset[str] = frozenset()

    @property
    def good(self) -> bool:
        """Whether something was given at all."""
        return self.exchange.failure is None and self.exchange.status in _SUCCESS

    @property
    def refused(self) -> bool:
        """Whether whoever asked was turned away."""
        status = self.exchange.status or 0
        return self.exchange.failure is None and (status in _REFUSALS or status in range(300, 400))


def named_in(text: str, users: Mapping[str, str]) -> frozenset[str]:
    """Return the roles whose user name stands in *text*, as a word of its own."""
    found = {
        role
        for role, user in users.items()
        if len(user) >= SHORTEST_NAME and re.search(rf"(?<![\w.+@-]){re.escape(user)}(?![\w+@-]|\.\w)", text)
    }
    return frozenset(found)


def leaks(given: Sequence[Given], past: Sequence[Given], *, strict: bool = True) -> str | None:
    """
    Return how an answer for one reached another, or None.

    Either it names the other and not the one who asked; or it is the very body of the other, while past any cache the
    two are given different ones, or nobody is given any; or a cache gave what says itself that none may keep it.
    Where nobody has promised that an address is private (not *strict*), an account may well be shown another one's
    name, as a list of all customers does: then it must not be so past the cache.
    """
    kept = next((one for one in given if _kept_against_its_word(one)), None)
    if kept is not None:
        return f"{_who(kept)} is given an answer out of a cache that no cache may keep"
    for one in (other for other in given if other.good):
        for other in (each for each in given if each.good and each.role and each.role != one.role):
            named = other.role in one.names and other.role in other.names and one.role not in one.names
            if named and (strict or one.role is None or _unnamed(one, other, past)):
                return f"{_who(one)} is given what belongs to role {other.role}"
            if one.exchange.body and one.exchange.body == other.exchange.body and _differ(one, other, past):
                return f"{_who(one)} is given what belongs to role {other.role}"
    return None


def shareable(given: Given) -> str | None:
    """Return how an answer for one account was, or may be, kept for others."""
    if not given.good or given.role is None:
        return None
    hit = cached(given.exchange)
    if hit is not None:
        cookie = " with a cookie" if "set-cookie" in given.exchange.headers else ""
        return f"a private answer{cookie} comes out of a cache ({hit})"
    said = given.exchange.headers.get("cache-control", "").lower()
    words = _words(given)
    if words & {"public", "s-maxage"} and not words & {"private", "no-store", "no-cache"}:
        return f"a private answer lets shared caches keep it (cache-control: {said[:60]})"
    return None


def _kept_against_its_word(given: Given) -> bool:
    return given.good and cached(given.exchange) is not None and bool(_words(given) & {"private", "no-store"})


def _words(given: Given) -> set[str]:
    said = given.exchange.headers.get("cache-control", "").lower()
    return {one.strip().partition("=")[0] for one in said.split(",")}


def _unnamed(one: Given, other: Given, past: Sequence[Given]) -> bool:
    """Tell whether past the cache *one* is given something in which the other is not named."""
    return any(each.role == one.role and each.good and other.role not in each.names for each in past)


def _differ(one: Given, other: Given, past: Sequence[Given]) -> bool:
    """Tell whether past the cache the two would not have been given the same."""
    fresh = {each.role: each for each in past}
    mine, theirs = fresh.get(one.role), fresh.get(other.role)
    if mine is None or theirs is None or not theirs.good:
        return False
    if mine.refused:
        return True
    # Where the other is given something new every time, a difference proves nothing.
    steady = theirs.exchange.body == other.exchange.body
    return mine.good and steady and mine.exchange.body != theirs.exchange.body


def _who(given: Given) -> str:
    return "whoever is not logged in" if given.role is None else f"role {given.role}"
