"""Which checks become pytest items, and which environments a session may touch."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from smoke.environment import Environment
from smoke.errors import UsageError
from smoke.running.run import Run
from smoke.verdict.words import Stage, Tier

_NODE = re.compile(r"\[(?P<environment>[^\[\]:]+/[^\[\]:]+):(?P<check>[^\]]+)\]")


@dataclass(frozen=True)
class Case:
    """One pytest item: a check of an environment, by id."""

    run: Run
    check: str

    @property
    def name(self) -> str:
        """The parameter id, unique and stable: `portal/prod:version/bff`."""
        return f"{self.run.environment.name}:{self.check}"


def markers(environments: Iterable[Environment]) -> Iterator[str]:
    """Yield the marker lines: every tier, system and stage."""
    for tier in Tier:
        yield f"{tier}: environments of the tier {tier}"
    for system in sorted({one.system for one in environments} - set(Tier)):
        yield f"{system}: environments of the system {system}"
    for stage in Stage:
        yield f"{stage}: checks of the stage {stage}"


def cases(run: Run, group: str) -> list[object]:
    """Return the pytest parameters of one test function: a stage's HTTP checks, or the journeys."""
    return _journey_cases(run) if group == "journeys" else _http_cases(run, Stage(group))


def _http_cases(run: Run, stage: Stage) -> list[object]:
    return [_case(run, one.id, stage) for one in run.checks if one.stage is stage]


def _journey_cases(run: Run) -> list[object]:
    return [_case(run, f"journey/{one.name}", Stage(one.stage)) for one in run.journeys]


def _case(run: Run, check: str, stage: Stage) -> object:
    case = Case(run, check)
    marks = (run.environment.tier.value, run.environment.system, stage.value)  # xdist cannot send keys that are enums
    return pytest.param(case, id=case.name, marks=[getattr(pytest.mark, one) for one in marks])


def selected(node_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the selected check ids by environment, read from the ids of the remaining pytest items."""
    chosen: dict[str, set[str]] = {}
    for node_id in node_ids:
        found = _NODE.search(node_id)
        if found:
            chosen.setdefault(found["environment"], set()).add(found["check"])
    return {environment: frozenset(checks) for environment, checks in chosen.items()}


def check_of(node_id: str) -> tuple[str, str] | None:
    """Return environment and check id of a pytest item, or None for an item that is not ours."""
    found = _NODE.search(node_id)
    return (found["environment"], found["check"]) if found else None


def together(node_id: str) -> str:
    """Return what the item must share a process with: one engine makes all HTTP checks of an environment."""
    found = _NODE.search(node_id)
    return found["environment"] if found and not found["check"].startswith("journey/") else node_id


def choices(runs: Sequence[Run]) -> str:
    """Say what `-m` and `-k` may name, and how to see the checks themselves."""
    tiers = sorted({run.environment.tier.value for run in runs})
    systems = sorted({run.environment.system for run in runs} - {*tiers})
    first = runs[0].environment
    return (
        f"-m knows {', '.join([*tiers, *systems, *Stage])}; -k knows the ids of checks, which "
        f'`pytest -m "{first.tier} and {first.system}" --collect-only -q` lists'
    )


def refuse_several_tiers(environments: Sequence[Environment]) -> None:
    """Raise UsageError when the selection spans more than one tier, with the choices there are."""
    tiers = sorted({one.tier.value for one in environments})
    if len(tiers) > 1:
        choices = "; ".join(
            f"-m {tier} ({', '.join(one.name for one in environments if one.tier == tier)})" for tier in tiers
        )
        raise UsageError(f"the selection spans {len(tiers)} tiers, and one run verifies one; choose: {choices}")
