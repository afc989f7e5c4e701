"""How an environment is now, in a word and a sentence; pure."""

from dataclasses import dataclass

from smoke.alerts.incident import Incident, Kind
from smoke.alerts.sentences import clock, lasting
from smoke.status.gathering import EnvironmentHistory

SILENT_GAPS = 3
"""So many usual gaps without a look, and nobody knows how the environment is."""


NAMED = 3
"""Checks that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class State:
    """A *word*, how it is painted, and a sentence."""

    word: str
    tone: str
    sentence: str


def state_of(known: EnvironmentHistory) -> State:
    """Return how the environment is, as far as its last look goes."""
    last = known.last
    if last is None or last.ended_at is None:
        return State("never looked at", "aside", "the canary has not looked yet")
    looked = f"last look {clock(last.began_at, known.now)}"
    if known.now - last.began_at > SILENT_GAPS * known.gap_s:
        return State("unknown", "unclear", f"no look for {lasting(known.now - last.began_at)}; {looked}")
    if known.state.incident is not None:
        return _of_incident(known.state.incident, known.now)
    words = {
        "sound": State("sound", "good", looked),
        "failing": State("failing once", "some", f"one failure, not confirmed yet; {looked}"),
        "aside": State("standing aside", "aside", f"{last.summary}; {looked}"),
    }
    return words.get(str(last.standing), State("unclear", "unclear", f"{last.summary}; {looked}"))


def _of_incident(incident: Incident, now: float) -> State:
    since = f"since {clock(incident.began_at, now)}, for {lasting(now - incident.began_at)}"
    if incident.kind is Kind.UNCLEAR:
        return State("unclear", "unclear", f"cannot be judged {since}")
    more = f" and {len(incident.checks) - NAMED} more" if len(incident.checks) > NAMED else ""
    return State("failing", "bad", f"{', '.join(incident.checks[:NAMED])}{more}; {since}")
