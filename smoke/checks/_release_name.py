"""What others call the release: names made of its commit and version, as far as these are known."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smoke.errors import SmokeError
from smoke.verdict.release import same_commit

if TYPE_CHECKING:
    from smoke.checks._world import World

SHORT = 7
HARMLESS = re.compile(r"^[\w.+@/-]{1,200}$")
"""What can stand in a search or a query without ending the text around it."""


class NameUnknown(SmokeError):
    """What a name is made of is not known."""


def release_name(pattern: str, world: "World") -> str:
    """
    Return *pattern* with `{commit}`, `{short}` and `{version}` of the release in their place.

    What was not announced is taken from what is live. Raises NameUnknown, which says what to announce.
    """
    known = {"{commit}": commit_of(world), "{version}": _version(world)}
    known["{short}"] = known["{commit}"][:SHORT] if known["{commit}"] else None
    name = pattern
    for placeholder, value in known.items():
        if placeholder not in name:
            continue
        if value is None or not HARMLESS.match(value):
            raise NameUnknown(
                f"{pattern!r} cannot be completed, as the release's {placeholder[1:-1]} is not known, or is no name; "
                "announce it with --sha or in the release manifest"
            )
        name = name.replace(placeholder, value)
    return name


def commit_of(world: "World") -> str | None:
    """Return the commit of the release, as long as anybody knows it."""
    live: set[str] = {commit for census in _settled(world) for commit in census.get("commits", ())}
    announced = world.release.commit
    if announced is None:
        return next(iter(live)) if len(live) == 1 else None
    return max([announced, *(one for one in live if same_commit(one, announced))], key=len)


def _version(world: "World") -> str | None:
    if world.release.version:
        return world.release.version
    votes = [vote for census in world.memory.get("census", {}).values() for vote in census]
    told: set[str] = {vote.version for vote in votes if vote.version}
    return told.pop() if len(told) == 1 else None


def _settled(world: "World") -> list[Mapping[str, Any]]:
    return list(world.memory.get("settled", {}).values())
