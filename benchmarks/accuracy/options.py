"""What a user can choose, on the command line or, for `make accuracy`, by variables."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.accuracy.cases import every_row

HEALTHY_FOR_EACH_SEED = 4


@dataclass(frozen=True, slots=True)
class Options:
    """Which *rows* under which *seeds*, how many *healthy* deploys, so many at a time, and what to do with results."""

    rows: tuple[str, ...]
    seeds: tuple[int, ...]
    healthy: int
    jobs: int
    keep: bool
    fresh: bool
    write_readme: bool
    only_report: bool
    limit_s: float

    @property
    def complete(self) -> bool:
        """Whether every row of the stack is to be run."""
        return set(self.rows) == set(every_row())


def parse(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> Options:
    """Read the command line; what it leaves out, the variables SEEDS, ROWS, HEALTHY, JOBS, KEEP and FRESH say."""
    chosen = _parser(environ).parse_args(arguments)
    rows = tuple(chosen.rows.split()) or tuple(every_row())
    healthy = chosen.healthy
    if healthy is None:
        healthy = 0 if chosen.rows.split() else HEALTHY_FOR_EACH_SEED * len(chosen.seeds)
    return Options(
        rows=tuple(row for row in rows if row != "healthy"),
        seeds=chosen.seeds,
        healthy=max(healthy, len(chosen.seeds)) if "healthy" in rows else healthy,
        jobs=chosen.jobs,
        keep=chosen.keep,
        fresh=chosen.fresh,
        write_readme=chosen.write_readme,
        only_report=chosen.only_report,
        limit_s=chosen.limit,
    )


def seeds(text: str) -> tuple[int, ...]:
    """Read `5` as the seeds 1 to 5, `7-9` as 7 to 9, and `3,11` as these two."""
    try:
        if "," in text:
            chosen = tuple(dict.fromkeys(int(one) for one in text.split(",") if one))
        else:
            first, _, last = text.rpartition("-")
            chosen = tuple(range(int(first or 1), int(last) + 1))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: write 5 for 1 to 5, 7-9, or 3,11") from error
    if not chosen:
        raise argparse.ArgumentTypeError(f"{text}: no seed is left")
    return chosen


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make accuracy", description="Score the verdicts on every fault there is.")
    parser.add_argument("--seeds", type=seeds, default=environ.get("SEEDS") or "5", help="5, 7-9 or 3,11 (default: 5)")
    parser.add_argument("--rows", default=environ.get("ROWS", ""), help='only these, e.g. "A01 N04+D02 healthy"')
    parser.add_argument(
        "--healthy", type=int, default=environ.get("HEALTHY") or None, help="healthy deploys (default: 4 a seed)"
    )
    parser.add_argument("--jobs", type=int, default=environ.get("JOBS") or "2", help="cases at a time (default: 2)")
    parser.add_argument("--limit", type=float, default=240.0, help="seconds that one case may take (default: 240)")
    parser.add_argument("--keep", action="store_true", default=_is_set(environ, "KEEP"), help="count older results too")
    parser.add_argument(
        "--fresh", action="store_true", default=_is_set(environ, "FRESH"), help="run finished ones again"
    )
    parser.add_argument("--only-report", action="store_true", help="run nothing, report what is finished")
    parser.add_argument(
        "--write-readme",
        action="store_true",
        help="put the tables into README.md, section Accuracy, and into docs/accuracy.md",
    )
    return parser


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "") not in {"", "0"}
