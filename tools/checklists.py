"""
Write `docs/checklists.md`: every line of every post-deploy checklist, with the checks that make it, or why none can.

The lines are data beside the environment files, `environments/<system>/checklists/<environment>.toml`; what was seen
red is recorded by `tests/demo/test_checklists_seen_red.py` in the file beside it, `<environment>.seen.json`.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "checklists.md"

HEAD = """\
# The post-deploy checklists of five systems

Made by `make docs` from `environments/<system>/checklists/`; do not edit it by hand. Every line of the systems' release
documents is made by checks of the environment file, or says why a machine cannot make it. A test fails when a check or
a fault that is named here does not exist.

*Fault* is one of `smoke demo --system NAME --fault ID` that turns the line red or, where it is only reported, notes it.
"""

SEEN = """
### {environment}: each line seen red

What the verdict said on the embedded stack in that system's dialect, by `tests/demo/test_checklists_seen_red.py`:

| fault | verdict | said |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a checklist: the *checks* that make it, why none can, and the *faults* that turn it red."""

    part: str
    line: str
    checks: tuple[str, ...] = ()
    reason: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines of one environment, and what was seen, by fault."""

    environment: str
    lines: tuple[Line, ...]
    seen: dict[str, Any]


def checklists() -> Iterator[Checklist]:
    """Yield every checklist."""
    for file in sorted((ROOT / "environments").glob("*/checklists/*.toml")):
        data = tomllib.loads(file.read_text("utf-8"))
        recorded = file.with_suffix(".seen.json")
        seen = json.loads(recorded.read_text("utf-8")) if recorded.exists() else {}
        lines = [
            Line(**{key: tuple(value) if isinstance(value, list) else value for key, value in one.items()})
            for one in data["lines"]
        ]
        yield Checklist(data["environment"], tuple(lines), seen)


def record(environment: str, fault: str, verdict: dict[str, Any]) -> None:
    """Note what *verdict* said of *fault*."""
    system, _, name = environment.partition("/")
    file = ROOT / "environments" / system / "checklists" / f"{name}.seen.json"
    seen = json.loads(file.read_text("utf-8")) if file.exists() else {}
    bad = [one["id"] for one in verdict["checks"] if one["outcome"] in {"failed", "undecided"}]
    seen[fault] = {"verdict": verdict["verdict"], "checks": bad, "summary": verdict["summary"]}
    file.write_text(json.dumps(dict(sorted(seen.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(_section(one) for one in checklists())


def _section(checklist: Checklist) -> str:
    text, part = f"\n## {checklist.environment}\n", ""
    for line in checklist.lines:
        if line.part != part:
            text += f"\n### {line.part}\n\n| line | checks | fault |\n|---|---|---|\n"
            part = line.part
        made = ", ".join(f"`{one}`" for one in line.checks)
        how = "; ".join(filter(None, [made, line.reason]))
        text += _row(line.line, how, ", ".join(f"`{one}`" for one in line.faults))
    if checklist.seen:
        text += SEEN.format(environment=checklist.environment)
        text += "".join(_row(f"`{fault}`", seen["verdict"], seen["summary"]) for fault, seen in checklist.seen.items())
    return text


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
