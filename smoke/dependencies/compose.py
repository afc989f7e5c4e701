"""
What runs of a Docker Compose project.

`docker compose ps --format json` writes one object a line since 2.21, an array before. Without `--all` a container that
has exited would not be seen.
"""

import json
from collections.abc import Iterator
from typing import Any

from smoke.dependencies.answer import Answer
from smoke.dependencies.deployment import Asking, Deployment, Phase, Seen, not_understood, text_of
from smoke.dependencies.local_command import run
from smoke.environment.platforms import Compose

NAME = "Docker Compose"

ORDER = (Phase.CRASHED, Phase.UNKNOWN, Phase.WAITING, Phase.MOVING, Phase.LIVE)
"""The phase of the whole is the first of these that any container is in."""


async def look(compose: Compose, asking: Asking) -> Seen:
    """Return the project as one deployment, in the state of its worst container."""
    output = await run(command(compose), asking.timeout_s)
    found = output if isinstance(output, Answer) else read(output.text, compose)
    return Seen(refusal=found) if isinstance(found, Answer) else Seen((found,))


def command(compose: Compose) -> tuple[str, ...]:
    """Return the whole command line."""
    project = ("-p", compose.project) if compose.project else ()
    files = [part for file in compose.files for part in ("-f", file)]
    return (*compose.command, *project, *files, "ps", "--all", "--format", "json")


def read(text: str, compose: Compose) -> Deployment | Answer:
    """Read what the command wrote; pure."""
    try:
        rows = list(_rows(text))
    except ValueError:
        return not_understood(NAME, "JSON")
    if not all(isinstance(row, dict) and "State" in row for row in rows):
        return not_understood(NAME, "State of each container")
    counted = [row for row in rows if not compose.services or row.get("Service") in compose.services]
    states = [(_name(row), *_state(row)) for row in counted]
    there = {row.get("Service") for row in counted}
    states += [(name, Phase.CRASHED, "not there") for name in compose.services if name not in there]
    if not states:
        return not_understood(NAME, "any container")
    phase = next((one for one in ORDER if any(state[1] is one for state in states)), Phase.UNKNOWN)
    telling = [f"{name} is {word}" for name, each, word in states if each is phase and phase is not Phase.LIVE]
    tags = list(dict.fromkeys(text_of(row.get("Image")) for row in counted))
    return Deployment(
        id=compose.project or "project",
        phase=phase,
        word=", ".join(telling) or f"{len(states)} running",
        tag=tags[0] if len(tags) == 1 else "",
        current=True,
    )


def _rows(text: str) -> Iterator[Any]:
    if text.lstrip().startswith("["):
        yield from json.loads(text)
        return
    for line in text.splitlines():
        if line.strip():
            yield json.loads(line)


def _name(row: dict[str, Any]) -> str:
    return text_of(row.get("Service")) or text_of(row.get("Name")) or "a container"


def _state(row: dict[str, Any]) -> tuple[Phase, str]:
    state, health = text_of(row["State"]).lower(), text_of(row.get("Health")).lower()
    if state == "running":
        if health in {"", "healthy"}:
            return Phase.LIVE, "running"
        return (Phase.MOVING if health == "starting" else Phase.CRASHED), health
    if state == "exited" and row.get("ExitCode") == 0:
        return Phase.LIVE, "done"  # a job such as a migration that has ended well
    if state in {"exited", "dead", "restarting"}:
        return Phase.CRASHED, f"{state} ({row.get('ExitCode', '?')})"
    if state in {"created", "removing"}:
        return Phase.MOVING, state
    return (Phase.WAITING if state == "paused" else Phase.UNKNOWN), state or "in no state"
