"""
Score the verdicts on every fault of the embedded stack, beside what people use today: `make accuracy`.

A finished case is kept in `.cache/accuracy/`, so an interrupted run goes on where it was. The scores go to the
terminal, to `reports/accuracy.json` and to `reports/accuracy.html`; the results of wrong verdicts stay in
`reports/accuracy/`.
"""

import asyncio
import shutil
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import readme, table
from benchmarks.accuracy import options, page, report, tables
from benchmarks.accuracy.cases import Case, cases
from benchmarks.accuracy.circumstances import Circumstances, commit
from benchmarks.accuracy.judged import judged
from benchmarks.accuracy.options import Options
from benchmarks.accuracy.progress import Progress
from benchmarks.accuracy.record import Record, digest
from benchmarks.accuracy.runner import Finished, run
from smoke.errors import UsageError
from smoke.verdict.words import EXIT_USAGE

ROOT = Path(__file__).resolve().parent.parent.parent
RECORD = ROOT / ".cache" / "accuracy" / "finished.jsonl"
REPORTS = ROOT / "reports"
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is not finished yet, and report; 0 unless something was interrupted or broke."""
    chosen = options.parse(arguments)
    try:
        planned = list(cases(chosen.rows, chosen.seeds, chosen.healthy))
    except (UsageError, ValueError) as error:
        print(f"ROWS: {error}", file=sys.stderr)
        return EXIT_USAGE
    score = Score(chosen, planned)
    interrupted = not chosen.only_report and not score.run()
    score.show()
    return INTERRUPTED if interrupted else int(bool(score.broken))


class Score:
    """One run of the score: what was planned, what is finished, what broke."""

    def __init__(self, chosen: Options, planned: list[Case]) -> None:
        self._chosen = chosen
        self._planned = planned
        self._digest = digest(ROOT)
        self._record = Record(RECORD, self._digest, kept=chosen.keep)
        self._changed = False
        self.broken: list[str] = []

    def run(self) -> bool:
        """Run what is not finished; tells whether it came to the end."""
        finished = {} if self._chosen.fresh else self._record.finished()
        waiting = [case for case in self._planned if case.key not in finished]
        self._progress = Progress(len(self._planned), len(self._planned) - len(waiting))
        try:
            asyncio.run(self._interruptibly(waiting))
        except asyncio.CancelledError:
            why = "the sources changed meanwhile" if self._changed else "ended early"
            print(f"\n{why}; the same command goes on from here", flush=True)
            return False
        return True

    def show(self) -> None:
        """Show and write the scores."""
        known = self._record.finished()
        finished = {case.key: known[case.key] for case in self._planned if case.key in known}
        verdicts = list(judged(self._planned, finished))
        about = Circumstances(
            taken_at=datetime.now(UTC),
            commit=commit(ROOT),
            digest=self._digest,
            seeds=self._chosen.seeds,
            planned=len(self._planned),
            broken=tuple(self.broken),
            mixed=any(one["digest"] != self._digest for one in finished.values()),
        )
        found = report.content(verdicts, about, finished)
        report.write(REPORTS / "accuracy.json", found)
        page.write(REPORTS / "accuracy.html", verdicts, about)
        _say(verdicts, about)
        if self._chosen.write_readme:
            readme.write(ROOT / "README.md", tables.for_the_readme(verdicts, about), name="accuracy")
            details = ROOT / "docs" / "accuracy.md"
            readme.write(details, [table.markdown(list(tables.by_class(verdicts)))], name="classes")
            readme.write(details, [table.markdown(list(tables.twins(verdicts)), numbers=False)], name="twins")

    async def _interruptibly(self, waiting: list[Case]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._end = task.cancel
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await run(waiting, self._chosen.jobs, self._chosen.limit_s, REPORTS / "accuracy", self._done)

    def _done(self, case: Case, content: Finished) -> None:
        """Keep what a case came to, unless it broke, and the results of a wrong one."""
        if digest(ROOT) != self._digest:  # nobody knows which of the two products this case saw
            self._changed = True
            self._end()
            return
        verdicts = list(judged([case], {case.key: content}))
        self._progress.tell(case, content, verdicts)
        if "verdicts" in content or content.get("hung"):
            self._record.add(case.key, content)
        else:
            self.broken.append(case.key)
        if not report.wrong(verdicts):
            shutil.rmtree(REPORTS / "accuracy" / case.key, ignore_errors=True)


def _say(verdicts: Sequence[Any], about: Circumstances) -> None:
    print(f"\n{table.plain(list(tables.by_class(verdicts)))}")
    print(f"\n{table.plain(list(tables.by_judge(verdicts)))}\n")
    for one in report.wrong(verdicts):
        print(f"wrong: {one.id} seed {one.seed}: {', '.join(sorted(one.marks))}: {one.verdict}, not {one.truth}")
        print(f"       {one.message}")
    for key in about.broken:
        print(f"broken, so not counted: {key}")
    if about.missing:
        print(f"rows of the corpus that the stack does not show: {' '.join(about.missing)}")
    print("reports/accuracy.json, reports/accuracy.html", flush=True)


if __name__ == "__main__":
    sys.exit(main())
