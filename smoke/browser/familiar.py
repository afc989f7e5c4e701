"""
What a page did before the deploy already, and so is nothing new: recorded by `smoke prime`, compared afterwards.

Pure. It also tells a third party that pages ask from an API that moved to a wrong address: the latter is asked for
what a service of ours answers, or answered before, or nothing of ours is asked any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from smoke.browser.events import Event, Kind
from smoke.browser.hosts import Party
from smoke.browser.wording import stable

MOST = 40
"""Entries of each kind that a baseline keeps."""


@dataclass(frozen=True, slots=True)
class Known:
    """
    What the journey saw before the deploy; *recorded* tells whether anything is known of that time.

    *faults* are signatures, *console* lines without numbers, *routes* paths of our services that gave data, *hosts*
    those that are neither ours nor allowed.
    """

    recorded: bool = False
    faults: frozenset[str] = frozenset()
    console: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, measured: Mapping[str, Any] | None) -> "Known":
        """Read back what `measured` returned; anything else tells nothing."""
        kinds = ("faults", "console", "routes", "hosts")
        if not measured or not measured.keys() >= set(kinds):
            return cls()
        return cls(True, *(frozenset(map(str, measured[kind])) for kind in kinds))


UNKNOWN = Known()


def measured(events: Sequence[Event], faults: Sequence[str]) -> dict[str, list[str]]:
    """Return what a later journey compares with; *faults* are the signatures of what was wrong."""
    return {
        "faults": _some(faults),
        "console": _some([line_of(one) for one in events if one.kind is Kind.CONSOLE]),
        "routes": _some(_own_routes(events)),
        "hosts": _some([_host(one) for one in events if one.kind is Kind.HOST]),
    }


def goes_astray(event: Event, events: Sequence[Event], known: Known) -> bool:
    """Tell whether data is asked of an *event*'s strange host that is ours to give."""
    if _host(event) in known.hosts:
        return False
    own = set(_own_routes(events))
    if _route(event) in own | known.routes:
        return True
    # A page that asks nothing of ours, and did before if anybody looked, asks for its data elsewhere.
    return not own and (bool(known.routes) or not known.recorded)


def line_of(event: Event) -> str:
    """Return what the console said, without what differs from time to time."""
    return stable(event.what.strip().split("\n")[0][:200])


def _own_routes(events: Sequence[Event]) -> list[str]:
    return [_route(one) for one in events if one.kind is Kind.DATA and one.party is Party.OWN]


def _route(event: Event) -> str:
    return stable(urlsplit(event.url).path)


def _host(event: Event) -> str:
    return urlsplit(event.url).netloc.rpartition("@")[2]


def _some(values: Sequence[str]) -> list[str]:
    return sorted(set(values))[:MOST]
