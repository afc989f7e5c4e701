"""What is run: each fault alone, compounds, and the healthy deploy, each under several seeds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.accuracy.compounds import COMPOUNDS, faults_of, truth_of
from smoke.demo.faults import FAULTS, Fault, find
from smoke.verdict.words import Word

HEALTHY = "healthy"
COMPOUND = "compound"


@dataclass(frozen=True, slots=True)
class Case:
    """One deploy: which faults it has, under which seed, and what it deserves."""

    id: str
    faults: tuple[str, ...]
    seed: int
    truth: Word
    also_ok: tuple[Word, ...] = ()
    policy: bool = False

    @property
    def key(self) -> str:
        """Its name among all cases."""
        return f"{self.id}#{self.seed}"

    @property
    def group(self) -> str:
        """The letter of its class, or that it is a compound, or healthy."""
        if len(self.faults) > 1:
            return COMPOUND
        return FAULTS[self.faults[0]].group if self.faults else HEALTHY


def case_of(row: str, seed: int) -> Case:
    """Return the case of one fault, of a compound such as `N04+D02`, or of the healthy deploy."""
    if row == HEALTHY:
        return Case(HEALTHY, (), seed, Word.PASS)
    faults = [find(identifier) for identifier in faults_of(row)]
    truth, also_ok = (faults[0].truth, faults[0].also_ok) if len(faults) == 1 else truth_of(faults)
    name = "+".join(one.id for one in faults)
    return Case(name, tuple(one.id for one in faults), seed, truth, also_ok, any(one.policy for one in faults))


def every_row(known: Mapping[str, Fault] = FAULTS) -> list[str]:
    """Return all faults that the stack can show, then the compounds of these."""
    return [*known, *(one for one in COMPOUNDS if set(faults_of(one)) <= set(known))]


def cases(rows: Sequence[str], seeds: Sequence[int], healthy: int) -> Iterator[Case]:
    """
    Yield the cases of *rows* and so many *healthy* ones, seed after seed.

    Whoever stops early then has seen every row, with fewer seeds.
    """
    share, rest = divmod(healthy, len(seeds))
    yet = 0
    for turn, seed in enumerate(seeds):
        for row in rows:
            yield case_of(row, seed)
        for _ in range(share + (turn < rest)):
            yet += 1
            yield case_of(HEALTHY, yet)
