"""What a canary that was killed left behind: runs that ended but were not kept, and runs that never ended."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from smoke.alerts.look import Look, Standing, Trouble, VerdictJson
from smoke.alerts.sentences import clock
from smoke.canary.recording import Recorder
from smoke.errors import UsageError
from smoke.history import runs
from smoke.history.records import Run
from smoke.history.store import History
from smoke.record import events, run_directory
from smoke.verdict.words import Cause, Word

KILLED = "the canary was killed while it looked"


def recover(history: History, recorder: Recorder, reports: Path, environment: str, now: float) -> Iterator[str]:
    """
    Keep every run that began and was not kept, and yield a sentence for each.

    Whoever holds the turn knows that nobody makes them any more. A run whose verdict is there counts as if it had been
    kept in time; of one that was cut off only that is kept.
    """
    with history.reading() as connection:
        left = runs.unfinished(connection, environment)
    for run in left:
        verdict = finished_verdict(reports / environment / run.run_id)
        if verdict is not None:
            recorder.record(run, verdict)
            yield f"kept the run of {clock(run.began_at, now)}, which had ended when the canary was killed"
        else:
            record_without_verdict(recorder, run, now, KILLED)
            yield f"the run of {clock(run.began_at, now)} was cut off: {KILLED}"


def finished_verdict(directory: Path) -> VerdictJson | None:
    """Return the verdict of a run that came to its end, else None."""
    try:
        log = events.read(directory / events.FILE)
    except UsageError:
        return None
    return run_directory.read_verdict(directory) if log.end is not None else None


def record_without_verdict(recorder: Recorder, run: Run, now: float, why: str) -> Look:
    """Keep a run that gave no verdict, as one that could not tell."""
    look = Look(
        run_id=run.run_id,
        environment=run.environment,
        began_at=run.began_at,
        ended_at=now,
        standing=Standing.UNCLEAR,
        troubles=(Trouble("verdict", Cause.SUITE, why),),
    )
    kept = replace(run, ended_at=now, standing=look.standing.value, verdict=Word.INCONCLUSIVE.value, summary=why)
    recorder.keep(kept, look)
    return look
