"""From what was finished to what is scored."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchmarks.accuracy.cases import Case
from benchmarks.accuracy.one_case import US
from benchmarks.accuracy.scoring import NONE, Judged


def judged(cases: Iterable[Case], finished: Mapping[str, Mapping[str, Any]]) -> Iterator[Judged]:
    """Yield everybody's verdict on each of *cases* that is finished, with what is deserved today."""
    for case in cases:
        content = finished.get(case.key)
        if content is None:
            continue
        if content.get("hung"):  # whoever was to judge it did not come to an end
            yield _one(
                case, {"policy": US, "verdict": NONE, "seconds": content["seconds"], "message": content["broken"]}
            )
        for given in content.get("verdicts", ()):
            yield _one(case, given)


def _one(case: Case, given: Mapping[str, Any]) -> Judged:
    return Judged(
        id=case.id,
        seed=case.seed,
        faults=case.faults,
        group=case.group,
        truth=case.truth,
        also_ok=case.also_ok,
        policy=given["policy"],
        verdict=given["verdict"],
        seconds=given["seconds"],
        cause=given.get("cause", ""),
        message=given.get("message", ""),
        checks=tuple(given.get("checks", ())),
        counted=not case.policy,
    )
