"""Read from the history what the status page shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from smoke.alerts.incident import State
from smoke.history import deploys, runs, summaries
from smoke.history.records import Deploy, Found, PastIncident, Run, RunKind
from smoke.history.store import History
from smoke.history.summaries import DayCount

DAY_S, HOUR_S = 86400, 3600
DAYS = 90
USUAL_GAP_S = 900.0
"""Between two looks, while there are too few to tell."""

Days = Mapping[int, Mapping[str, int]]
"""Outcomes counted, by day."""


@dataclass(frozen=True, slots=True)
class CheckHistory:
    """One check: what it found in the last 24 hours, with when, and its outcomes of 90 days."""

    check: str
    stage: str
    gating: bool
    found: tuple[tuple[float, Found], ...]
    days: Days


@dataclass(frozen=True, slots=True)
class EnvironmentHistory:
    """One environment, as the history knows it at *now*; *gap_s* is what usually lies between two looks."""

    name: str
    now: float
    state: State
    runs: tuple[Run, ...]
    last: Run | None
    gap_s: float
    days: Days
    checks: tuple[CheckHistory, ...]
    incidents: tuple[PastIncident, ...]
    deploys: tuple[Deploy, ...]


def gather(history: History, now: float) -> list[EnvironmentHistory]:
    """Return what is known of every environment, by name."""
    with history.reading() as connection:
        names = runs.environments(connection)
    return [_gather(history, name, now) for name in names]


def _gather(history: History, name: str, now: float) -> EnvironmentHistory:
    first_day = int(now // DAY_S) - DAYS + 1
    with history.reading() as connection:
        kept = runs.state(connection, name)
        looks = tuple(one for one in runs.since(connection, name, now - DAY_S) if one.ended_at is not None)
        return EnvironmentHistory(
            name=name,
            now=now,
            state=State.from_json(kept) if kept else State(),
            runs=looks,
            last=runs.last(connection, name),
            gap_s=_usual_gap_s(looks),
            days=_days(summaries.standings_by_day(connection, name, first_day)).get(name, {}),
            checks=_checks(
                list(summaries.found_since(connection, name, now - DAY_S)),
                _days(summaries.by_day(connection, name, first_day)),
            ),
            incidents=tuple(runs.incidents(connection, name, now - DAYS * DAY_S)),
            deploys=tuple(deploys.since(connection, name, now - DAYS * DAY_S)),
        )


def _usual_gap_s(looks: Sequence[Run]) -> float:
    starts = [one.began_at for one in looks if one.kind is RunKind.SCHEDULED]
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    return median(gaps) if gaps else USUAL_GAP_S


def _days(counts: Iterable[DayCount]) -> dict[str, dict[int, dict[str, int]]]:
    days: dict[str, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for one in counts:
        days[one.check_id][one.day][one.outcome] = one.count
    return days


def _checks(found: Sequence[tuple[float, Found]], days: Mapping[str, Days]) -> tuple[CheckHistory, ...]:
    """Return the checks that the newest runs made, what failed last first, then in the order of their stages."""
    by_check: dict[str, list[tuple[float, Found]]] = defaultdict(list)
    for at, one in found:
        by_check[one.check_id].append((at, one))
    histories = [
        CheckHistory(check, seen[-1][1].stage, seen[-1][1].gating, tuple(seen), days.get(check, {}))
        for check, seen in by_check.items()
    ]
    return tuple(sorted(histories, key=_urgency))


def _urgency(one: CheckHistory) -> tuple[bool, int, str]:
    order = ("converge", "immediate", "functional", "integration", "monitoring", "confirm")
    stage = order.index(one.stage) if one.stage in order else len(order)
    return one.found[-1][1].outcome == "passed", stage, one.check
