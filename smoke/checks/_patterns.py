"""
Patterns by which an environment file names checks fit at least one that can have the effect.

A rule that fits none would be dead, and nobody would notice before the night on which it was needed.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from smoke.checks.registry import build
from smoke.environment import Environment
from smoke.environment._positions import Place
from smoke.environment._validation import Problem
from smoke.environment.returning import journeys_of
from smoke.verdict.release import Release

DECLARED = ("marker",)
"""Kinds of checks that only a release manifest brings: which ones there will be no environment file tells."""

NAMED = 4
"""How many checks a sentence names."""

Gating = Mapping[str, bool]
"""Every check by its id, and whether it counts for the verdict."""


def dead_patterns(environment: Environment) -> Iterator[Problem]:
    """Yield every rule of `rollbacks` and `alerts` whose checks are none of *environment*, or none that count."""
    rules = list(_rules(environment))
    gating = _gating(environment) if rules else {}
    for place, pattern, by_id in rules:
        fitting = [one for one in gating if fnmatchcase(one, pattern)]
        if not fitting and not _may_be_declared(pattern):
            yield Problem(
                place, f"found {pattern!r}, but no check of this environment fits it; {_remedy(pattern, gating)}"
            )
        elif fitting and not any(gating[one] for one in fitting) and not (by_id and pattern in fitting):
            exactly = "name it by its very id" if by_id else "make it gating, or name another"
            said = f"found {pattern!r}, which fits advisory checks only ({_named(fitting)}), and those condemn nothing"
            yield Problem(place, f"{said}; {exactly}, or remove the rule")


def _rules(environment: Environment) -> Iterator[tuple[Place, str, bool]]:
    """Yield the place of each pattern, the pattern, and whether an advisory check counts if it is named by its id."""
    for name, part in environment.rollbacks.items():
        for index, pattern in enumerate(part.checks):
            yield ("rollbacks", name, "checks", index), pattern, False
    for name, incident in environment.alerts.incidents.items():
        for index, pattern in enumerate(incident.checks):
            yield ("alerts", "incidents", name, "checks", index), pattern, True
    for pattern in environment.alerts.checks:
        yield ("alerts", "checks", pattern), pattern, False


def _gating(environment: Environment) -> Gating:
    """Return every check that there may be: the command line can ask for a soak that the file does not."""
    soaked = environment.model_copy(update={"soak": environment.soak.model_copy(update={"lasts_s": 1.0})})
    checks = {one.id: one.gating for one in build(soaked, Release())}
    return checks | {f"journey/{one.name}": one.gating for one in journeys_of(environment)}


def _may_be_declared(pattern: str) -> bool:
    kind = pattern.partition("/")[0]
    return any(fnmatchcase(one, kind) for one in DECLARED)


def _remedy(pattern: str, gating: Gating) -> str:
    kind = pattern.partition("/")[0]
    alike = [one for one in gating if one.partition("/")[0] == kind]
    if alike:
        return f"of the kind {kind!r} it has {_named(alike)}; correct it, or remove the rule"
    return (
        f"it has none of the kind {kind!r}: promise it here, or move the rule to the file of an environment that does"
    )


def _named(ids: list[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(sorted(ids)[:NAMED]) + more
