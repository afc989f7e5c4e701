"""What a beat does after everybody was told: baseline, retention, reports; none of it may break the canary."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from smoke.alerts.look import VerdictJson
from smoke.canary.baselines import keep_baseline
from smoke.canary.schedule import Known
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.history import retention
from smoke.history.store import History
from smoke.record.run_directory import LATEST

DAY_S = 86400


def tidy(history: History, environment: Environment, known: Known, reports: Path, now: float) -> None:
    """Once a day, forget what is old: runs in the history, and reports of the canary's own passes."""
    if known.last is not None and _day(known.last.began_at) == _day(now):
        return
    canary = environment.canary
    with history.writing() as connection:
        dropped = retention.reports_to_drop(connection, environment.name, now - canary.keep_reports_days * DAY_S)
        retention.forget(connection, environment.name, now - canary.keep_days * DAY_S)
    for run_id in dropped:
        directory = reports / environment.name / run_id
        if directory.name != LATEST and not directory.is_symlink():
            shutil.rmtree(directory, ignore_errors=True)


def settle(
    verdict: VerdictJson | None, known: Known, state: Path, reports: Path, complain: Callable[[str], None]
) -> None:
    """Keep the baseline of a pass; what goes wrong is said."""
    if verdict is None:
        return
    try:
        keep_baseline(state, reports / verdict["environment"] / verdict["run_id"], known.deploy)
    except (SmokeError, OSError) as error:
        complain(f"no baseline was kept: {error}")


def _day(at: float) -> int:
    return datetime.fromtimestamp(at, UTC).toordinal()
