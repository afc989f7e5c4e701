"""What a fault is, and the list of all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

from smoke.errors import UsageError
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene

Arrange = Callable[["Scene"], None]

MODULES = ("rollout", "runtime", "pages", "data", "access", "third_parties", "noise", "runner")


@dataclass(frozen=True, slots=True)
class Fault:
    """
    Something that can be wrong, or merely look wrong, with a deploy.

    *truth* is the verdict that it deserves, *also_ok* are verdicts that are no mistake either. *environment* are
    variables for the verifying process; `{state}` stands for the state directory.
    """

    id: str
    title: str
    truth: Word
    arrange: Arrange = field(repr=False)
    also_ok: tuple[Word, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


_FAULTS: dict[str, Fault] = {}


def fault(
    identifier: str,
    title: str,
    truth: Word,
    *,
    also_ok: tuple[Word, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> Callable[[Arrange], Arrange]:
    """Declare the decorated function, which arranges the scene, as a fault."""

    def declare(arrange: Arrange) -> Arrange:
        if identifier in _FAULTS:
            raise ValueError(f"two faults are called {identifier}")
        _FAULTS[identifier] = Fault(identifier, title, truth, arrange, also_ok, environment or {})
        return arrange

    return declare


def listing() -> tuple[Fault, ...]:
    """Return all faults by id."""
    for name in MODULES:
        import_module(f"smoke.demo.faults.{name}")
    return tuple(_FAULTS[identifier] for identifier in sorted(_FAULTS))


def find(identifier: str) -> Fault:
    """Return one fault; raises UsageError with the nearest ids for an unknown one."""
    known = {fault.id: fault for fault in listing()}
    if identifier.upper() in known:
        return known[identifier.upper()]
    near = get_close_matches(identifier.upper(), known, cutoff=0.3) or list(known)
    raise UsageError(f"unknown fault {identifier!r}; did you mean {', '.join(near)}? `--list-faults` shows all")
