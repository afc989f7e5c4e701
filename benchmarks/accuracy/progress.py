"""What the terminal shows while cases come in."""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from benchmarks.accuracy.cases import Case
from benchmarks.accuracy.one_case import US
from benchmarks.accuracy.scoring import Judged, Mark


class Progress:
    """Counts cases, and guesses how long the rest takes."""

    def __init__(self, planned: int, finished: int) -> None:
        self._planned = planned
        self._finished = finished
        self._here = 0
        self._began = monotonic()
        if finished:
            print(f"{finished} of {planned} cases are finished already", flush=True)

    def tell(self, case: Case, content: Mapping[str, Any], verdicts: Sequence[Judged]) -> None:
        """Show how *case* ended."""
        self._finished += 1
        self._here += 1
        print(
            f"{self._finished:>4}/{self._planned}  {case.key:<14} {_end(content, verdicts)}  {self._rest()}", flush=True
        )

    def _rest(self) -> str:
        left = (monotonic() - self._began) / self._here * (self._planned - self._finished)
        return f"({left / 60:.0f} min left)" if left else ""


def _end(content: Mapping[str, Any], verdicts: Sequence[Judged]) -> str:
    ours = next((one for one in verdicts if one.policy == US), None)
    if ours is None:
        return f"BROKEN: {content.get('broken')}"
    if Mark.RIGHT in ours.marks:
        return f"{ours.verdict:<12} right  {ours.seconds:5.1f} s"
    return f"{ours.verdict:<12} WRONG ({', '.join(sorted(ours.marks))}; {ours.truth} deserved)  {ours.message}"
