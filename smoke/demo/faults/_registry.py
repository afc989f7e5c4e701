"""What a fault is, and how one is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smoke.demo.faults._corpus import POLICY, twins_of
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene

Arrange = Callable[["Scene"], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """
    Something that can be wrong, or merely look wrong, with a deploy.

    *truth* is the verdict that it deserves, *also_ok* are verdicts that are no mistake either. *environment* are
    variables for the verifying process; `{state}` stands for the state directory. *twins* are faults that look alike
    and deserve another verdict; a *policy* is left out of scores, since house rules decide about it.
    """

    id: str
    title: str
    truth: Word
    arrange: Arrange = field(repr=False)
    also_ok: tuple[Word, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    twins: tuple[str, ...] = ()
    policy: bool = False

    @property
    def group(self) -> str:
        """The letter of its class."""
        return self.id[0]


_FAULTS: dict[str, Fault] = {}


def fault(  # noqa: PLR0913 - a declaration: all but three are optional, and named
    identifier: str,
    title: str,
    truth: Word,
    *,
    also_ok: tuple[Word, ...] = (),
    environment: Mapping[str, str] | None = None,
    twins: tuple[str, ...] | None = None,
    policy: bool | None = None,
) -> Callable[[Arrange], Arrange]:
    """Declare the decorated function, which arranges the scene, as a fault; the corpus knows twins and policy."""
    known_twins = twins_of(identifier) if twins is None else twins
    known_policy = identifier in POLICY if policy is None else policy

    def declare(arrange: Arrange) -> Arrange:
        if identifier in _FAULTS:
            raise ValueError(f"two faults are called {identifier}")
        _FAULTS[identifier] = Fault(
            identifier, title, truth, arrange, also_ok, environment or {}, known_twins, known_policy
        )
        return arrange

    return declare


def declared() -> dict[str, Fault]:
    """Return all faults declared so far, in order of their ids."""
    return dict(sorted(_FAULTS.items()))
