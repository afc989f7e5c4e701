"""
What helps against what failed: a rollback, or, where it would not help, what does.

A failed finding says so in its fact `remedy`, with one of the keys of `REMEDIES`. The action of the verdict stays what
the contract says; the advice tells a person what to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smoke.verdict.finding import Finding
from smoke.verdict.release import same_commit


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to *do*, and *why* a rollback does not."""

    do: str
    why: str


NO_OP = "no-op"

REMEDIES = {
    NO_OP: Remedy(
        "nothing to roll back, as the previous release is serving",
        "Find out why the deploy did not take; a rollback changes nothing.",
    ),
    "purge": Remedy("purge the cache", "What is stale lies in a cache, which a rollback does not empty."),
    "certificate": Remedy(
        "renew the certificate", "A certificate that has expired stays so, whatever release is served."
    ),
    "repair": Remedy("repair the data", "What was written stays written after a rollback."),
    "roll forward": Remedy("roll forward with a fix", "The release before cannot undo it."),
    "unregister service worker": Remedy(
        "ship a service worker that unregisters itself", "Browsers keep the broken one whatever is served."
    ),
    "reopen": Remedy("take the maintenance page down", "What stands behind it was not seen."),
}
"""By the values of the fact `remedy`."""

NOT_A_ROLLBACK = "a rollback would not help"


def advise(guilty: Sequence[Finding], rollback: str, observed: Mapping[str, Any], expected: str | None) -> str:
    """
    Return what to do about the *guilty* findings, in a few words: `roll back bff`, `purge the cache; …`.

    *rollback* says what undoes the release (`roll back bff`), *observed* is the newest census of each service,
    *expected* the announced commit.
    """
    remedies = remedies_of(guilty)
    if NO_OP in remedies and _nowhere(observed, expected):
        return REMEDIES[NO_OP].do
    others = [REMEDIES[one].do for one in remedies if one != NO_OP]
    if rollback_helps(guilty, observed, expected):
        return " and ".join([rollback, *others])
    return f"{' and '.join(others)}; {NOT_A_ROLLBACK}"


def rollback_helps(guilty: Sequence[Finding], observed: Mapping[str, Any], expected: str | None) -> bool:
    """Tell whether a rollback undoes any of what the *guilty* findings found."""
    if NO_OP in remedies_of(guilty) and _nowhere(observed, expected):
        return False
    return any(_remedy(one) in {"", NO_OP} for one in guilty)


def remedies_of(guilty: Sequence[Finding]) -> list[str]:
    """Return the remedies that *guilty* findings name, each once."""
    return [one for one in dict.fromkeys(map(_remedy, guilty)) if one]


def why(guilty: Sequence[Finding], observed: Mapping[str, Any], expected: str | None) -> str:
    """Return a sentence that says why a rollback is not all that it takes, or nothing."""
    remedies = remedies_of(guilty)
    if NO_OP in remedies:
        return REMEDIES[NO_OP].why if _nowhere(observed, expected) else ""
    return REMEDIES[remedies[0]].why if remedies else ""


def _remedy(finding: Finding) -> str:
    named = finding.facts.get("remedy")
    return named if isinstance(named, str) and named in REMEDIES else ""


def _nowhere(observed: Mapping[str, Any], expected: str | None) -> bool:
    """Tell whether services name their commits, and none of them the announced one."""
    commits = {one for census in observed.values() for one in census.get("commits", ())}
    return bool(commits) and not any(same_commit(one, expected) for one in commits)
