"""What every check is: an identity, an observation of the world and a pure judgement of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.http import Exchange
from smoke.http.pacing import Rank
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, slots=True)
class Observation:
    """
    What was seen in one round; no judgement.

    *obstacle* says why nothing could be observed (missing secret, refused login): its message and the word of its
    cause; the judgement is then undecided.
    """

    exchanges: tuple[Exchange, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    obstacle: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Check(ABC):
    """
    One promise about an environment.

    Subclasses open with a docstring whose first sentence states the promise; reports show it. *subject* and the
    class's `kind` make the stable id. `settles` marks the checks of the converge stage. `independent` marks checks
    that say something even while the release is not (yet) served, so they run although converging failed. `watches`
    marks checks whose one look lasts until the case is clear, so that a second one would only take its time again.
    `refines` marks those that look closer at what others decide: where requests wait for their turn, they wait longest.
    """

    kind: ClassVar[str]
    stage: ClassVar[Stage]
    independent: ClassVar[bool] = False
    watches: ClassVar[bool] = False
    refines: ClassVar[bool] = False

    subject: str
    service: str | None = None
    gating: bool = True
    depends_on: tuple[str, ...] = ()
    unsent: frozenset[str] = frozenset()
    """Headers of its service, in lower case, that its requests go without, as it is about them."""

    @property
    def id(self) -> str:
        """The stable id, `<kind>/<subject>`."""
        return f"{self.kind}/{self.subject}"

    @property
    def rank(self) -> Rank:
        """What its requests go before and after."""
        if not self.gating:
            return Rank.ADVISORY
        return Rank.REFINING if self.refines else Rank.DECIDING

    @property
    def promise(self) -> str:
        """The sentence that the check's docstring opens with."""
        return (type(self).__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")

    @abstractmethod
    async def observe(self, world: "World", round_number: int) -> Observation:
        """
        Look at the world once; later rounds use fresh connections.

        Never judge, and never raise for what the target does.
        """

    @abstractmethod
    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge all rounds observed so far; pure."""

    def reproduce(self) -> str:
        """Return a command that repeats the essential request by hand, without secrets; empty if there is none."""
        return ""
