"""Judge a migration history against what the release brings; pure, and the same for every tool."""

from collections.abc import Iterator, Sequence

from smoke.dependencies.migration_files import Brought, Wanted
from smoke.dependencies.migration_history import Migration
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome

HASHES_ONLY = "the history holds only hashes: whether all of the release's migrations are among them 'files' would tell"

LONGEST_NUMBER = 20
"""Digits of a version that is counted up, or is a moment; what is longer is none of these."""

RUNNING_S = 300.0
"""Until this age an unfinished migration without an error text counts as running; then as died on the way."""


def judge_history(
    history: Sequence[Migration],
    wanted: Sequence[str],
    expected: str,
    brought: Brought | None = None,
    drift: str = "note",
) -> Judgement:
    """
    Judge a history; rolled back rows do not count.

    *wanted* are names, *brought* is what the release's files say: every one of both must be applied.
    """
    brought = brought or Brought()
    valid = [row for row in history if not row.rolled_back]
    applied = [row for row in valid if row.finished]
    due = [*brought.wanted, *(Wanted(name) for name in wanted if name not in {one.name for one in brought.wanted})]
    pending = [one for one in due if not _is_applied(one, applied, brought)]
    drifted = [one.name for one in brought.wanted if _drifted(one, applied)]
    unfinished = _unfinished([row for row in valid if not row.finished], expected)
    if unfinished is not None:
        return unfinished
    if pending:
        return _pending(pending, applied, expected)
    if not applied:
        return _failed(["the history holds no applied migration"], "empty", expected)
    if drifted and drift == "fail":
        return _failed([_drift(drifted)], f"drift: {', '.join(drifted)}", expected)
    return _passed(applied, drifted, brought, expected)


def _unfinished(rows: Sequence[Migration], expected: str) -> Judgement | None:
    failed = [row for row in rows if row.logs or row.age_s > RUNNING_S]
    if failed:
        return _failed([_failure(row) for row in failed], f"failed: {_names(failed)}", expected)
    if not rows:
        return None
    found = f"migration {rows[-1].name} is still running, for {rows[-1].age_s:.0f} s"
    return Judgement(Outcome.UNDECIDED, found, Cause.RELEASE, expected, found, unclear=True)


def _pending(pending: Sequence[Wanted], applied: Sequence[Migration], expected: str) -> Judgement:
    if _tells_no_names(applied) and not any(one.checksums for one in pending):
        found = f"the history holds no names, only checksums; give 'files' to tell whether {pending[0].name} is applied"
        return Judgement(Outcome.UNDECIDED, found, Cause.SUITE, expected, found)
    # No signature: that a new migration was missing before the deploy as well excuses nothing.
    return _failed([_missing(one, applied) for one in pending], "", expected)


def _passed(applied: Sequence[Migration], drifted: Sequence[str], brought: Brought, expected: str) -> Judgement:
    names = [_name(row, brought) for row in applied]
    twice = sorted({name for name in names if names.count(name) > 1})
    notes = [f"applied more than once: {', '.join(twice)}"] if twice else []
    notes += [HASHES_ONLY] if _tells_no_names(applied) and not brought.wanted else []
    notes += [_drift(drifted)] if drifted else []
    strangers = sorted(_strangers(applied, brought))
    notes += [f"applied, but not among the release's files: {', '.join(strangers)}"] if strangers else []
    found = f"{len(set(names))} applied, the newest is {names[-1]}"
    return Judgement(
        Outcome.PASSED, found, expected=expected, found=found, facts={"noted": "; ".join(notes)} if notes else {}
    )


def _is_applied(one: Wanted, applied: Sequence[Migration], brought: Brought) -> bool:
    return any(_is_it(one, row) or _implies(row, one, brought) or _covers(row, one) for row in applied)


def _is_it(one: Wanted, row: Migration) -> bool:
    """Tell whether a row is this migration: by name, or where it has none by checksum or the time of its making."""
    if one.name == row.name or one.name in row.also:
        return True
    return not row.name and (row.checksum in one.checksums or (one.when is not None and one.when == row.when))


def _implies(row: Migration, one: Wanted, brought: Brought) -> bool:
    return one.name in brought.implied.get(row.name, ())


def _covers(row: Migration, one: Wanted) -> bool:
    """Tell whether a baseline stands for a migration that is not above it."""
    return row.baseline and bool(_numbers(one.name)) and _numbers(one.name) <= _numbers(row.name)


def _numbers(version: str) -> list[int]:
    parts = version.split(".")
    return [int(one) for one in parts] if all(_is_number(one) for one in parts) else []


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _tells_no_names(applied: Sequence[Migration]) -> bool:
    return bool(applied) and not any(row.name for row in applied)


def _missing(one: Wanted, applied: Sequence[Migration]) -> str:
    newest = max((row.when for row in applied if row.when is not None), default=None)
    if one.when is not None and newest is not None and one.when < newest:
        return (
            f"migration {one.name} is not applied and never will be: it is older than the newest applied one, "
            "which Drizzle skips silently"
        )
    return f"migration {one.name} is not applied"


def _drifted(one: Wanted, applied: Sequence[Migration]) -> bool:
    rows = [row for row in applied if _is_it(one, row) and row.checksum]
    return bool(one.checksums and rows) and not any(row.checksum in one.checksums for row in rows)


def _drift(names: Sequence[str]) -> str:
    return f"not the file that was applied: {', '.join(names)}"


def _strangers(applied: Sequence[Migration], brought: Brought) -> Iterator[str]:
    """Yield what is applied and not among the files; after a rollback, or from another branch."""
    if not brought.wanted:
        return
    for row in applied:
        known = any(_is_it(one, row) or _covers(row, one) for one in brought.wanted) or row.name in brought.implied
        ours = brought.apps is None or row.name.partition(".")[0] in brought.apps
        if ours and not known:
            yield _name(row, brought)


def _name(row: Migration, brought: Brought) -> str:
    """Return what people call a migration; where the row tells only a checksum, by the release's files."""
    known = next((one.name for one in brought.wanted if _is_it(one, row)), "")
    return row.name or known or f"{row.checksum[:7]}…"


def _failed(faults: Sequence[str], signature: str, expected: str) -> Judgement:
    found = "; ".join(faults)
    return Judgement(Outcome.FAILED, found, expected=expected, found=found, facts={"signature": signature})


def _failure(row: Migration) -> str:
    # PostgreSQL's DETAIL quotes rows of the table, which are nobody's business here.
    said = " ".join(row.logs.partition("DETAIL")[0].split())[:120]
    reason = said or f"started {row.age_s:.0f} s ago and never finished"
    return f"migration {row.name} failed: {reason}"


def _names(rows: Sequence[Migration]) -> str:
    return ", ".join(row.name for row in rows)
