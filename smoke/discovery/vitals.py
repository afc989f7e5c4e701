"""Where a service tells for how long it has run, and what memory it holds: pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from smoke.checks._answers import find, parse
from smoke.checks._timestamps import LIVE_S
from smoke.discovery.site import Site, is_json
from smoke.http import Exchange

IN_BYTES = 1_000_000
"""A process holds more memory than this; smaller numbers are megabytes."""


def found_vitals(site: Site, paths: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what a soak looks at, `uptime` and `memory`, each with the first of *paths* that tells it."""
    told: dict[str, dict[str, str]] = {}
    for path in paths:
        answers = site.all_of(path)
        if site.own(path) is None or not all(map(is_json, answers)):
            continue
        documents = [parse(one) for one in answers]
        for key, at in (("uptime", _uptime(answers, documents)), ("memory", _memory(documents))):
            if at is not None:
                told.setdefault(key, {"path": path, "at": at})
    yield from told.items()


def _uptime(answers: tuple[Exchange, ...], documents: list[Any]) -> str | None:
    """Return where the seconds since the start lie: a number that grows as the clock does."""
    for at in ("uptime", "uptimeSeconds", "uptime_s", "uptime_seconds"):
        values = [find(at, one) for one in documents]
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in values):
            continue
        passed, grown = answers[-1].at - answers[0].at, values[-1] - values[0]
        if passed >= LIVE_S and abs(grown - passed) <= 1 + 0.2 * passed:
            return at
    return None


def _memory(documents: list[Any]) -> str | None:
    values = [find("memory.rss", one) for one in documents]
    large = all(isinstance(one, int) and one > IN_BYTES for one in values)
    return "memory.rss" if large else None
