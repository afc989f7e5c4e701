"""Looks for tests, one every 15 minutes, written as letters."""

from collections.abc import Iterator
from typing import Any

from smoke.alerts.incident import Alert, State
from smoke.alerts.look import Look, Standing, Trouble
from smoke.alerts.machine import advance
from smoke.alerts.policy import Policy, Step

BEGAN = 1_800_000_000.0
"""2027-01-15 08:00 UTC."""

EVERY_S = 900.0
COMMIT = "9f1c2ab4d0e35f6a7b8c9d0e1f2a3b4c5d6e7f80"
PREVIOUS = "4e77d01a2b3c4d5e6f708192a3b4c5d6e7f80912"

EVERYBODY = Policy(steps=(Step(("dev",)),))
"""The defaults, with one channel."""

STANDINGS = {".": Standing.SOUND, "x": Standing.FAILING, "X": Standing.FAILING, "y": Standing.FAILING}
STANDINGS |= {"d": Standing.FAILING, "?": Standing.UNCLEAR, "-": Standing.ASIDE}


def trouble(check: str = "page/home", cause: str = "release", message: str = "HTTP 500 in 12 of 12 samples") -> Trouble:
    """Return a trouble."""
    return Trouble(check, cause, message, "web")


def look(letter: str = "x", at: float = BEGAN, **given: Any) -> Look:
    """
    Return the look that *letter* stands for.

    `.` is sound, `x` and `y` fail in one check each, `X` confirms `x` at once, `d` is a third party's fault, `?` cannot
    tell, `-` was set aside.
    """
    troubles = {
        "x": (trouble(),),
        "X": (trouble(),),
        "y": (trouble("journey/checkout"),),
        "d": (trouble("dependency/salesforce", "dependency", "down for everybody"),),
        "?": (trouble("page/home", "runner", "the network of this machine is down"),),
    }
    return Look(
        **{
            "run_id": f"run-{at - BEGAN:.0f}",
            "environment": "portal/prod",
            "began_at": at,
            "ended_at": at + 10,
            "standing": STANDINGS[letter],
            "troubles": troubles.get(letter, ()),
            "commit": COMMIT,
            "confirms": letter == "X",
            **given,
        }
    )


def sequence(letters: str) -> Iterator[Look]:
    """Yield a look for each letter; one that confirms comes a minute after the one before."""
    at = BEGAN - EVERY_S
    for letter in letters:
        at = at + 60 if letter == "X" else at + EVERY_S
        yield look(letter, at)


def told(letters: str, policy: Policy = EVERYBODY) -> list[tuple[int, str]]:
    """Return which look (counted from 0) told what."""
    return [(index, alert.news.value) for index, alert in alerts(letters, policy)]


def alerts(letters: str, policy: Policy = EVERYBODY) -> list[tuple[int, Alert]]:
    """Return every alert with the number of its look; the state takes the way through JSON each time."""
    state, made = State(), []
    for index, one in enumerate(sequence(letters)):
        state, new = advance(state, one, policy)
        state = State.from_json(state.to_json())
        made += [(index, alert) for alert in new]
    return made
