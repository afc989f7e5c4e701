"""Keep what was asked and answered where a check did not pass, without secrets."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from smoke.checks._check import Check, Observation
from smoke.http import Exchange
from smoke.http.recording import to_record

FOLDER = "http"
KEPT = 8
"""Exchanges kept of one check: one of each kind first, so that a rare answer is among them."""


def keep(directory: Path, check: Check, rounds: Sequence[Observation], redact: Callable[[str], str]) -> tuple[str, ...]:
    """
    Write the telling exchanges of *check* into *directory*; returns paths relative to it, none if there are none.

    A disk that is full costs the evidence, not the finding.
    """
    chosen = _telling(one for observed in rounds for one in observed.exchanges)
    if not chosen:
        return ()
    name = f"{FOLDER}/{re.sub(r'[^A-Za-z0-9._-]+', '-', check.id)}.json"
    records = [to_record(one, redact) for one in chosen]
    try:
        (directory / FOLDER).mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(json.dumps(records, indent=1), encoding="utf-8")
    except OSError:
        return ()
    return (name,)


def _telling(exchanges: Iterable[Exchange]) -> list[Exchange]:
    everything = list(exchanges)
    kinds = {(one.request.url, one.outline()): one for one in everything}
    firsts = list(kinds.values())
    others = [one for one in everything if not any(one is first for first in firsts)]
    return sorted([*firsts, *others][:KEPT], key=lambda one: one.at)
