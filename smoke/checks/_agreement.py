"""Whether all replicas of a release give the same answer to the same question of the same user; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

AGREE = "agree"
"""The key under which it is remembered that all replicas gave the same, again and again."""

FEWEST = 2
"""Answers of a replica from which on it is known to give always the same."""

Answers = Mapping[str, list[bytes]]


def by_replica(answers: Iterable[tuple[str | None, bytes]]) -> Answers:
    """Return the bodies that each replica gave, where replicas name themselves."""
    found: dict[str, list[bytes]] = {}
    for replica, body in answers:
        if replica:
            found.setdefault(replica, []).append(body)
    return found


def agreed(answers: Answers) -> bool:
    """Tell whether several replicas gave one and the same answer, whenever they were asked."""
    return len(answers) > 1 and len({body for bodies in answers.values() for body in bodies}) == 1


def dissenters(answers: Answers) -> tuple[list[str], list[str]]:
    """
    Return the replicas that always answer otherwise than most, and those that agree; nobody unless that is certain.

    An answer with a time or a number of its own in it differs from itself too, and proves nothing.
    """
    if any(len(bodies) < FEWEST or len(set(bodies)) > 1 for bodies in answers.values()):
        return [], []
    counts = Counter(bodies[0] for bodies in answers.values())
    commonest = counts.most_common(2)
    if len(commonest) < 2 or commonest[0][1] == commonest[1][1]:  # noqa: PLR2004 - a majority and who dissents
        return [], []
    usual = sorted(name for name, bodies in answers.items() if bodies[0] == commonest[0][0])
    return sorted(set(answers) - set(usual)), usual
