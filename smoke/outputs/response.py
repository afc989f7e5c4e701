"""What a verdict asks of people beside the action: how each component is rolled back, how bad it is, whom to tell."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smoke.outputs.answer import VerdictJson, enumerate_in_words
from smoke.verdict.release import is_commit, normalise

MINUTE_S = 60
HOUR_S = 3600
TAG_DIGITS = 7


@dataclass(frozen=True, slots=True)
class WayBack:
    """How one *component* gets back, in *words* and as a *command* to copy, which may be missing."""

    component: str
    words: str
    command: str = ""


def ways_back(verdict: VerdictJson) -> list[WayBack]:
    """Return how what is at fault gets back to what was live before, as the environment declares it."""
    sha, previous = _from_and_to(verdict["release"])
    return [_way_back(one, sha, previous) for one in verdict.get("components", ())]


def filled(arguments: Sequence[str], sha: str, previous: str) -> list[str]:
    """
    Return a command with the commits in place of `{sha}` and `{previous}`; without one its place stays.

    `{short_sha}` and `{short_previous}` are their first seven digits, as image tags usually have them; they are never
    anything else.
    """
    commits = {"sha": sha, "previous": previous}
    places = {f"{{{name}}}": commit for name, commit in commits.items() if commit}
    places |= {f"{{short_{name}}}": short for name, commit in commits.items() if (short := _digits(commit))}
    return [_filled(one, places) for one in arguments]


def lacks_previous(arguments: Sequence[str]) -> bool:
    """Tell whether a command that was filled still waits for the commit from before the release."""
    return any(place in one for one in arguments for place in ("{previous}", "{short_previous}"))


def severity(verdict: VerdictJson) -> str:
    """Return how bad it is and why: `SEV-2 (failed-deployment)`; nothing where the environment does not grade."""
    graded = verdict.get("severity")
    if not graded:
        return ""
    names = [str(one["name"]) for one in verdict.get("incidents", ())]
    return f"{graded['title']}{f' ({enumerate_in_words(names)})' if names else ''}"


def to_tell(verdict: VerdictJson) -> list[str]:
    """Return who must know what, and by when: `DEV within 30 min: failed-deployment`."""
    said = []
    for one in verdict.get("incidents", ()):
        if one["tell"]:
            when = f"within {duration(one['within_s'])}" if one["within_s"] else "at once"
            said.append(f"{enumerate_in_words([str(name) for name in one['tell']])} {when}: {one['name']}")
    return said


def duration(seconds: float) -> str:
    """Return `30 s`, `5 min` or `2 h`, as people say it."""
    for unit_s, unit in ((HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= unit_s and seconds % unit_s == 0:
            return f"{seconds / unit_s:g} {unit}"
    return f"{seconds:g} s"


def _from_and_to(release: Mapping[str, Any]) -> tuple[str, str]:
    """Return the commit that is bad and the one that is to come back; a rollback that failed has the same two."""
    bad, good = release.get("condemned"), release["expected"]
    if not bad:
        bad, good = good, release["previous"]
    return str(bad or ""), str(good or "")


def _way_back(component: Mapping[str, Any], sha: str, previous: str) -> WayBack:
    name = str(component["name"])
    if not component["possible"]:
        return WayBack(name, f"cannot be rolled back; {component.get('instead', '')}")
    command = filled(component.get("command", ()), sha, previous)
    words = str(component.get("procedure") or ("run this" if command else "no procedure is declared"))
    takes_s = component.get("takes_s")
    return WayBack(name, words + (f", about {duration(takes_s)}" if takes_s else ""), shlex.join(command))


def _digits(commit: str) -> str:
    """Return the first digits of a commit, and nothing of what is none: they may stand in a line for a shell."""
    return (normalise(commit) or "")[:TAG_DIGITS] if is_commit(commit) else ""


def _filled(argument: str, places: Mapping[str, str]) -> str:
    for place, value in places.items():
        argument = argument.replace(place, value)
    return argument
