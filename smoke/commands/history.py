"""`smoke history ENV`: what the canary and the gate saw, and what became of it."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from time import time
from typing import TYPE_CHECKING, Any

from smoke import options
from smoke.alerts.sentences import clock, lasting
from smoke.commands import Commands
from smoke.commands._duration import duration
from smoke.outputs.ansi import shorten
from smoke.outputs.answer import short
from smoke.outputs.untrusted import for_log

if TYPE_CHECKING:
    from smoke.history.records import Deploy, PastIncident, Run
    from smoke.history.store import History

DAY_S = 86400.0
WIDTH = 80
"""Columns of a terminal at night."""

MARKS = {"sound": "✓", "failing": "✗", "unclear": "?", "aside": "-"}
ENVIRONMENTS = tuple(one for one in options.VERIFY if one.name == "--environments")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("history", help="list what was seen of an environment, its incidents and releases")
    parser.add_argument("environment", metavar="ENV", help="the environment, e.g. portal/prod")
    parser.add_argument("--since", type=duration, default=DAY_S, metavar="DURATION", help="how far back (default: 1d)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    options.add(ENVIRONMENTS, parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Print runs, incidents and releases, the oldest first."""
    from smoke.history.database import connect, location
    from smoke.history.store import History
    from smoke.running.places import state_of

    history = History(connect(location(state_of(chosen), os.environ)))
    try:
        seen, incidents, releases = _read(history, chosen.environment, time() - chosen.since)
    finally:
        history.close()
    if not (seen or incidents or releases):
        _know(chosen)
    if chosen.json:
        sys.stdout.write(_as_json(seen, incidents, releases))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(chosen, seen, incidents, releases))
    return 0


def _know(chosen: argparse.Namespace) -> None:
    """Raise ConfigurationError for an environment that is not there: that nothing is known of it would mislead."""
    from smoke.running.choice import environment_of

    environment_of(chosen, chosen.environment)


def _read(
    history: "History", environment: str, moment: float
) -> tuple[list["Run"], list["PastIncident"], list["Deploy"]]:
    from smoke.history import deploys, runs

    with history.reading() as connection:
        return (
            runs.since(connection, environment, moment),
            runs.incidents(connection, environment, moment),
            deploys.since(connection, environment, moment),
        )


def _as_json(seen: list["Run"], incidents: list["PastIncident"], releases: list["Deploy"]) -> str:
    from dataclasses import asdict

    named: dict[str, list[Any]] = {"runs": seen, "incidents": incidents, "deploys": releases}
    listed = {name: [asdict(one) for one in rows] for name, rows in named.items()}
    return json.dumps(listed, indent=2) + "\n"


def _lines(
    chosen: argparse.Namespace, seen: list["Run"], incidents: list["PastIncident"], releases: list["Deploy"]
) -> Iterator[str]:
    yield f"{chosen.environment}, the last {lasting(chosen.since)}: {len(seen)} runs"
    events = [(one.began_at, _run_line(one)) for one in seen]
    events += [(one.begun_at, f"{clock(one.begun_at)}    deploy {_deploy(one)}") for one in releases]
    yield from (line for _, line in sorted(events, key=lambda event: event[0]))
    for one in reversed(incidents):
        yield shorten(f"incident {clock(one.began_at)}, {_end(one)}: {_what(one)}", WIDTH)


def _run_line(one: "Run") -> str:
    if one.ended_at is None:
        return f"{clock(one.began_at)}  …  {one.kind} run goes on, or was killed"
    live = (one.live or "")[:7]
    said = "" if one.standing == "sound" else for_log(one.summary, WIDTH)
    line = f"{clock(one.began_at)}  {MARKS.get(str(one.standing), '?')} {one.kind:<10} {live:<7}  {said}"
    return shorten(line.rstrip(), WIDTH)


def _deploy(one: "Deploy") -> str:
    commit = short(one.live) if one.live else "of a release not known yet"
    how = f"verified: {one.verdict}" if one.verdict else "seen, not verified" if one.live else "not verified"
    return shorten(f"{for_log(commit)}  {how}", WIDTH - 30)


def _end(one: "PastIncident") -> str:
    if one.resolved_at is None:
        return "still open"
    return f"for {lasting(one.resolved_at - one.began_at)}"


def _what(one: "PastIncident") -> str:
    late = f"; late fault of {one.blamed[:7]}" if one.blamed else ""
    return (", ".join(one.checks) or "could not be judged") + late
