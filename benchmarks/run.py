"""
Measure the speed, side by side with what people use today, in one run: `make bench`.

Numbers, medians of several rounds in changing order, go to the terminal and to `.cache/benchmarks/`. Nothing is
asserted: how fast a machine is says nothing about whether the code is right.
"""

import argparse
import compileall
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import gmtime, strftime
from typing import Any

from benchmarks import checks, machine, node, portal, readme, table
from benchmarks.measure import Measured

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "benchmarks"

CHECKS_HEAD = f"{checks.CHECKS} HTTP checks of {checks.DELAY_S * 1000:.0f} ms each"
PORTAL_HEAD = "a healthy portal, after the switch"
COLUMNS = ("until the verdict", "until the end", "processor time", "ratio")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, show it and store it."""
    chosen = _parser().parse_args(arguments)
    compileall.compile_dir(ROOT / "smoke", quiet=1)  # what is measured is every start but the first
    facts = machine.facts()
    say("; ".join(f"{name}: {value}" for name, value in facts.items()))
    node_modules, why_not = _node()
    tables: list[str] = []
    result: dict[str, Any] = {"machine": facts, "rounds": chosen.rounds}
    if chosen.only in {None, "checks"}:
        measured = checks.measure(ROOT, node_modules, why_not, chosen.rounds, say)
        result["checks"] = [one.to_json() for one in measured]
        tables.append(_show(CHECKS_HEAD, measured, result))
    if chosen.only in {None, "portal"}:
        seen = portal.measure(ROOT, node_modules, why_not, chosen.rounds, say)
        result["portal"] = [one.to_json() for one in seen.verdicts]
        result["memory_mib"] = {"verifying": seen.verifying_mib, "all_python": seen.all_python_mib}
        tables.append(_show(PORTAL_HEAD, seen.verdicts, result))
        tables.append(
            f"Peak memory of the verifying process, browser aside: {seen.verifying_mib:.0f} MiB; "
            f"with its supervisor {seen.all_python_mib:.0f} MiB."
        )
        say(tables[-1])
    say(f"\nnumbers: {_store(result).relative_to(ROOT)}")
    if chosen.write_readme:
        readme.write(ROOT / "README.md", [*tables, _measured_on(facts, chosen.rounds)])
    return 0


def say(line: str) -> None:
    """Say a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often everything is run (default: 3)")
    parser.add_argument("--only", choices=("checks", "portal"), help="only this part")
    parser.add_argument("--write-readme", action="store_true", help="put the tables into README.md, section Speed")
    return parser


def _node() -> tuple[Path | None, str]:
    try:
        return node.installed(CACHE), ""
    except node.Missing as missing:
        return None, str(missing)


def _show(head: str, measured: list[Measured], result: dict[str, Any]) -> str:
    """Print the table, and return it as Markdown."""
    rows = [(head, *COLUMNS), *table.rows(measured)]
    say(f"\n{table.plain(rows)}")
    for one in measured:
        if one.skipped:
            say(f"skipped: {one.contender.name}: {one.skipped}")
    best = table.best_ratio(measured)
    if best is not None:
        say(f"The fastest of the others, {best[0]}, takes {best[1]:.1f} times as long.")
        result.setdefault("ratios", {})[head] = {"fastest": best[0], "times": best[1]}
    return table.markdown(rows)


def _store(result: dict[str, Any]) -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"{strftime('%Y%m%dT%H%M%SZ', gmtime())}.json"
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return path


def _measured_on(facts: dict[str, str], rounds: int) -> str:
    how = "One round" if rounds == 1 else f"Medians of {rounds} rounds"
    return f"{how} on {facts['processor']}, Python {facts['python']}, Node.js {facts['node']}."


if __name__ == "__main__":
    sys.exit(main())
