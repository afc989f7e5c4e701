"""
What is remembered of an environment that is not sound: since when, and when it was last good.

Three memories are asked: earlier runs under `reports/`, the baseline, and the canary's history where one is kept. None
is needed for the verdict, so that what cannot be read, or takes long, is left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import monotonic, time
from typing import Any

from smoke.alerts.look import epoch, live_commit
from smoke.alerts.sentences import DAY_S, clock, lasting
from smoke.errors import SmokeError
from smoke.outputs.answer import short
from smoke.record import run_directory
from smoke.verdict.words import Outcome, Word

PATIENCE_S = 1.0
"""What remembering may take once the verdict is there, in seconds: somebody waits for it."""

RUNS = 50
"""Newest runs under `reports/` that are looked at."""

DAYS = 7
"""How far back the history is asked."""

NOTHING = "not known: there is no earlier run, no baseline (smoke prime) and no history (smoke canary)"


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier look: when, whether all was sound (None if that was unclear), what was live, and who tells."""

    at: float
    sound: bool | None
    commit: str | None
    teller: str


class Memory:
    """
    What is remembered of *environment*; it is asked for at once, in the background.

    *directory* is that of the run which goes on now. A database that does not answer must not keep a verdict from being
    shown; hence threads, which nobody joins.
    """

    def __init__(self, directory: Path, state: Path, environ: Mapping[str, str], environment: str) -> None:
        self._asked = (
            _asked(lambda: [*_runs(directory), *_baseline(state, environment)]),
            _asked(lambda: _history(state, environ, environment)),
        )

    def since(self, verdict: Mapping[str, Any]) -> str:
        """Return since when it has been as *verdict* says; nothing when all is sound."""
        if verdict["verdict"] == Word.PASS:
            return ""
        deadline = monotonic() + PATIENCE_S
        known = [past for one in self._asked for past in _by(deadline, one)]
        return in_words(known, epoch(str(verdict["finished_at"])))


def in_words(known: Sequence[Past], now: float) -> str:
    """Return what earlier looks tell of one that ended at *now*, and was not sound; pure."""
    earlier = [one for one in known if one.at <= now]
    if not earlier:
        return NOTHING
    good = max((one for one in earlier if one.sound), key=lambda one: one.at, default=None)
    bad = [one for one in earlier if one.sound is False and (good is None or one.at > good.at)]
    first = min(bad, key=lambda one: one.at, default=None)
    began = f"{clock(first.at, now)}, {lasting(now - first.at)} ago" if first else "this look"
    return f"{began}; {_last_good(good, now)}"


def _last_good(good: Past | None, now: float) -> str:
    if good is None:
        return "never seen good"
    live = f" with {short(good.commit)} live" if good.commit else ""
    return f"last good {clock(good.at, now)}, {lasting(now - good.at)} ago{live} ({good.teller})"


def _asked(memory: Callable[[], list[Past]]) -> Future[list[Past]]:
    future: Future[list[Past]] = Future()

    def remember() -> None:
        known: list[Past] = []
        with suppress(SmokeError, OSError, ValueError, LookupError, TypeError):
            known = memory()
        future.set_result(known)

    Thread(target=remember, daemon=True).start()
    return future


def _by(deadline: float, future: Future[list[Past]]) -> list[Past]:
    try:
        return future.result(max(0.0, deadline - monotonic()))
    except TooLate:
        return []


def _runs(directory: Path) -> Iterator[Past]:
    """Yield the runs that lie beside the one in *directory*."""
    files = [one for one in directory.parent.glob(f"*/{run_directory.VERDICT}") if not one.parent.is_symlink()]
    newest = sorted(files, key=lambda one: one.stat().st_mtime, reverse=True)[:RUNS]
    for one in newest:
        verdict = run_directory.read_verdict(one.parent)
        if verdict is not None and one.parent.name != directory.name:
            sound = {Word.PASS: True, Word.FAIL: False}.get(Word(verdict["verdict"]))
            yield Past(epoch(verdict["finished_at"]), sound, live_commit(verdict), "earlier run")


def _baseline(state: Path, environment: str) -> Iterator[Past]:
    from smoke import baseline

    known = baseline.load(state, environment)
    if known is not None:
        troubled = any(one.outcome in {Outcome.FAILED, Outcome.UNDECIDED} for one in known.before.values())
        yield Past(known.recorded_at, None if troubled else True, known.commit, "baseline")


def _history(state: Path, environ: Mapping[str, str], environment: str) -> list[Past]:
    from smoke.history.place import exists

    if not exists(state, environ):
        return []
    from smoke.history import runs
    from smoke.history.database import connect, location
    from smoke.history.store import History

    history = History(connect(location(state, environ)))
    try:
        with history.reading() as connection:
            newest = runs.since(connection, environment, time() - DAYS * DAY_S)
    finally:
        history.close()
    standings = {"sound": True, "failing": False}
    return [Past(one.ended_at, standings.get(str(one.standing)), one.live, "history") for one in newest if one.ended_at]
