"""What others call the release: names made of its commit and version, as far as these are known."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smoke.errors import SmokeError
from smoke.verdict.release import same_commit

if TYPE_CHECKING:
    from smoke.checks._world import World

SHORT = 7
VERSION = "{version}"
PATIENCE_S = 20.0
EVERY_S = 0.25
HARMLESS = re.compile(r"^[\w.+@/-]{1,200}$")
"""What can stand in a search or a query without ending the text around it."""


class NameUnknown(SmokeError):
    """What a name is made of is not known."""


def release_name(pattern: str, world: "World", service: str | None = None) -> str:
    """
    Return *pattern* with `{commit}`, `{short}` and `{version}` of the release in their place.

    What was not announced is taken from what is live, the version from *service* if it tells one. Raises NameUnknown,
    which says what to announce.
    """
    known = {"{commit}": commit_of(world, service), VERSION: _version(world, service)}
    known["{short}"] = known["{commit}"][:SHORT] if known["{commit}"] else None
    name = pattern
    for placeholder, value in known.items():
        if placeholder not in name:
            continue
        if value is None or not HARMLESS.match(value):
            raise NameUnknown(
                f"{pattern!r} cannot be completed: the release's {placeholder[1:-1]} is not known, or is no name; "
                f"{'announce it in the release manifest' if placeholder == VERSION else 'announce the commit'}"
            )
        name = name.replace(placeholder, value)
    return name


def commit_of(world: "World", service: str | None = None) -> str | None:
    """Return the commit of the release, or what is live of a *service* that it leaves alone, if anybody knows it."""
    release = world.release.of(service)
    censuses = _settled(world, None if release is world.release else service)
    live: set[str] = {commit for census in censuses for commit in census.get("commits", ())}
    announced = release.commit
    if announced is None:
        return next(iter(live)) if len(live) == 1 else None
    return max([announced, *(one for one in live if same_commit(one, announced))], key=len)


async def version_told(world: "World", service: str | None) -> None:
    """Wait until the census has told the version, which is taken at the same time; for a while only."""
    until = world.now() + min(PATIENCE_S, world.remaining_s() / 4)
    while _version(world, service) is None and world.now() < until:
        await world.pause(EVERY_S)


def _version(world: "World", service: str | None) -> str | None:
    announced = world.release.of(service).version
    if announced:
        return announced
    censuses = world.memory.census
    asked = [censuses[service]] if service is not None and service in censuses else list(censuses.values())
    told: set[str] = {vote.version for census in asked for vote in census if vote.version}
    return told.pop() if len(told) == 1 else None


def _settled(world: "World", service: str | None) -> list[Mapping[str, Any]]:
    return [census for name, census in world.memory.settled.items() if service in {None, name}]
