"""What refuses the anonymous, and what nobody should have been shown: pure."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from smoke.checks._debug_output import debug_output, private_file
from smoke.discovery.paths import GUARDED, PRIVATE, leads_to_login
from smoke.discovery.reads import slug
from smoke.discovery.site import Site, is_page, links

MOST = 4
REFUSALS = frozenset({401, 403})
_REDIRECTS = range(300, 400)
_SERVED = frozenset({200, 206})


@dataclass(frozen=True, slots=True)
class DoorFound:
    """A route that refuses who is not logged in; *redirects_to* is where it sends them instead of an error."""

    name: str
    path: str
    redirects_to: str | None = None


def found_doors(site: Site) -> list[DoorFound]:
    """
    Return routes that refuse: those that the home page links to, then usual ones.

    Where any path refuses alike, such as behind a login wall, that proves nothing.
    """
    home = site.first("/")
    linked = links(home, site.url) if home is not None and is_page(home) else []
    # What sounds like a login itself leads to one without guarding anything.
    behind = [one for one in linked if not leads_to_login(one)]
    doors: dict[str, DoorFound] = {}
    for path in dict.fromkeys([*behind, *GUARDED]):
        door = _door(site, path)
        if door is not None:
            doors.setdefault(door.name, door)
    return list(doors.values())[:MOST]


def _door(site: Site, path: str) -> DoorFound | None:
    answer = site.own(path)
    if answer is None or any(one.status in REFUSALS for one in site.strangers):
        return None
    if answer.status in REFUSALS:
        return DoorFound(slug(path), path)
    target = urlsplit(answer.headers.get("location", "")).path if answer.status in _REDIRECTS else ""
    taken = any(target in one.headers.get("location", "") for one in site.strangers)
    if not _is_login(target, path) or taken:
        return None
    return DoorFound(slug(path), path, target)


def _is_login(target: str, asked: str) -> bool:
    """Tell whether a redirect leads to a login, and not merely to another spelling of what was asked for."""
    return leads_to_login(target) and target.rstrip("/") != asked.rstrip("/")


def shown_to_strangers(site: Site) -> str | None:
    """Return what only developers should see in the answer to a path that nobody knows, or None."""
    return next((said for one in site.strangers if (said := debug_output(one))), None)


def kept_files(site: Site) -> tuple[list[str], dict[str, str]]:
    """Return which private files are not served, and what those that are give away."""
    answers = {path: one for path in PRIVATE if (one := site.first(path)) is not None}
    served = {path: said for path, one in answers.items() if one.status in _SERVED and (said := private_file(one))}
    return [path for path in answers if path not in served], served
