"""What was deployed, and how a deployed build names itself."""

import re
from dataclasses import dataclass

PLACEHOLDERS = frozenset({"", "null", "none", "undefined", "dev", "local", "unknown", "head", "latest", "0.0.0"})
"""Values that mean *unknown* (wire formats, section 2.1); an unexpanded `${…}` or `$VAR` is one too."""

_PREFIX = re.compile(r"^(?:v(?=[0-9a-f])|(?:sha|prod|production|main|master|staging|stg|dev|preview)-)", re.IGNORECASE)
_HEX = re.compile(r"^[0-9a-f]{7,64}$")


@dataclass(frozen=True, slots=True)
class Release:
    """
    What should be live.

    *commit* None means that nothing was announced: what is live is reported and the replicas must agree.
    *deployed_at* is the deploy's start in epoch seconds. *migrations* are the names that must be applied.
    """

    commit: str | None = None
    version: str | None = None
    previous: str | None = None
    deployed_at: float | None = None
    author: str | None = None
    changelog: str | None = None
    invalidates_sessions: bool = False
    retired: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()


def normalise(commit: object) -> str | None:
    """Return the bare lower-case commit, or None for a placeholder or anything that is not a string."""
    if not isinstance(commit, str):
        return None
    text = commit.strip().lower()
    bare = _PREFIX.sub("", text)
    if bare in PLACEHOLDERS or "$" in bare:
        return None
    return bare


def same_commit(one: object, other: object) -> bool:
    """Tell whether two names mean one commit: equal, or one is a prefix of at least seven hex characters."""
    left, right = normalise(one), normalise(other)
    if left is None or right is None:
        return False
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    return bool(_HEX.match(short)) and bool(_HEX.match(long)) and long.startswith(short)
