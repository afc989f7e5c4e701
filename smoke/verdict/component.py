"""What can be rolled back, and which of it is at fault."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from smoke.verdict.finding import Finding


@dataclass(frozen=True, slots=True)
class Component:
    """
    One part of a system, and how it gets back to what was live before.

    It is at fault when one of its *services* is, or a check whose id fits one of its patterns *checks*. *command* and
    *purge* are argument lists, *procedure* says the same to people, *instead* what to do where it is not *possible*.
    """

    name: str
    services: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    possible: bool = True
    procedure: str = ""
    command: tuple[str, ...] = ()
    purge: tuple[str, ...] = ()
    takes_s: float | None = None
    within_s: float = 180.0
    instead: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Component":
        """Read back what `to_json` wrote; raises TypeError on anything else."""
        plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        return cls(**plain)

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    def owns(self, finding: Finding) -> bool:
        """Tell whether a check says by its id that it is about this component."""
        return any(fnmatchcase(finding.check, pattern) for pattern in self.checks)


def at_fault(
    components: Sequence[Component], guilty: Sequence[Finding], services: Sequence[str]
) -> tuple[Component, ...]:
    """
    Return the components that the *guilty* findings put at fault, in the order in which they are declared.

    What a check is about by its id goes before the service that it was asked through. *services* are those at fault; of
    which no component tells, one without a procedure stands for the service. Where nothing names anything, everything
    that serves is at fault. Nothing is returned where the environment declares no components.
    """
    if not components:
        return ()
    owned = {one.check: next((part.name for part in components if part.owns(one)), None) for one in guilty}
    named = {name for name in owned.values() if name}
    left = {service for one in guilty if not owned[one.check] for service in one.services}
    wanted = [one for one in services if one in left]
    for service in wanted:
        named |= {next((part.name for part in components if service in part.services), service)}
    if not named:
        return tuple(one for one in components if one.services)
    return (*(one for one in components if one.name in named), *_undeclared(components, named))


def instead_of(components: Sequence[Component]) -> str:
    """Return what to do about components that cannot be rolled back, which says that they cannot."""
    return " and ".join(f"{one.instead} ({one.name} cannot be rolled back)" for one in components)


def _undeclared(components: Sequence[Component], named: set[str]) -> Iterator[Component]:
    known = {one.name for one in components}
    yield from (Component(name, services=(name,)) for name in sorted(named - known))
