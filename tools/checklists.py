"""
Write `docs/checklists.md`: every line of every post-deploy checklist, with the checks that make it, or why none can.

The lines are data beside the environment files, `environments/<system>/checklists/<environment>.toml`; what was seen
is recorded by `tests/demo/test_checklists_seen_red.py` in `<environment>.seen.json` beside them.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = ROOT / "environments"
FILE = ROOT / "docs" / "checklists.md"

HEAD = """\
# The post-deploy checklists of five systems

Made by `make docs` from `environments/<system>/checklists/`; do not edit it by hand. Every line of the systems' release
documents is made by checks of the environment file, or says why a machine cannot make it. A test fails when a check or
a fault that is named here does not exist.

*Faults* are those of `smoke demo --system NAME --fault ID` that turn the line red or, where it is only reported, note
it; the first is the line's own. [What was seen](#each-line-seen-red) is below.
"""

HEALTHY = """
## Each file on a healthy stand-in

Each environment file, unmodified, against the embedded stack in that environment's dialect: `smoke demo --system NAME`.

| environment | verdict | checks that passed | reported besides |
|---|---|---|---|
"""

SEEN = """
## Each line seen red

Each line by a fault of its own, as `SMOKE_SEEN_RED=all pytest tests/demo/test_checklists_seen_red.py` saw it. Faults
that do not disturb each other were switched on in one deploy, which is the *run*; no check stands for two faults of one
run unless it says which, and the test demands words of it that only that fault explains.

| environment | run | line | fault | check | said |
|---|---|---|---|---|---|
"""

RUNS = """
### The runs

| run | faults | verdict | not good besides |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of a checklist: the *checks* that make it, or the *reason* why none can.

    Its own *fault* turns the check *red* red, which then *says* so, and makes the *incident*, where there is one;
    further *faults* do so too.
    """

    part: str
    line: str
    checks: tuple[str, ...] = ()
    reason: str = ""
    fault: str = ""
    red: str = ""
    says: str = ""
    incident: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines of one environment, the *runs* by which each is seen red, and what was *seen*."""

    environment: str
    lines: tuple[Line, ...]
    runs: tuple[tuple[str, ...], ...]
    seen: dict[str, Any] = field(default_factory=dict)

    def shown(self, run: Iterable[str]) -> Iterator[Line]:
        """Yield the lines that are seen red in *run*."""
        faults = set(run)
        yield from (line for line in self.lines if line.fault in faults)

    def seen_in(self, run: tuple[str, ...]) -> dict[str, Any] | None:
        """Return what was seen in *run*, if it was made."""
        return next((one for one in self.seen.get("runs", []) if one["faults"] == list(run)), None)


def checklists() -> Iterator[Checklist]:
    """Yield every checklist."""
    for file in sorted(ENVIRONMENTS.glob("*/checklists/*.toml")):
        data = tomllib.loads(file.read_text("utf-8"))
        lines = tuple(map(_line, data["lines"]))
        name = data["environment"]
        yield Checklist(name, lines, tuple(map(tuple, data["runs"])), seen(name))


def _line(data: dict[str, Any]) -> Line:
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    return Line(**given)


def seen(environment: str) -> dict[str, Any]:
    """Return what was seen of *environment*."""
    file = _record_of(environment)
    known: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return known


def record_healthy(environment: str, verdict: dict[str, Any]) -> None:
    """Note what *verdict* said where nothing was wrong."""
    passed = sum(one["outcome"] == "passed" for one in verdict["checks"])
    healthy = {"verdict": verdict["verdict"], "passed": passed, "not_good": _not_good(verdict)}
    _write(environment, {**seen(environment), "healthy": healthy})


def record_run(environment: str, faults: tuple[str, ...], verdict: dict[str, Any]) -> None:
    """Note what *verdict* said of *faults* together."""
    known = seen(environment)
    others = [one for one in known.get("runs", []) if one["faults"] != list(faults)]
    incidents = {one["name"]: one["title"] for one in verdict["incidents"]}
    made = {
        "faults": list(faults),
        "verdict": verdict["verdict"],
        "not_good": _not_good(verdict),
        "incidents": incidents,
    }
    _write(environment, {**known, "runs": sorted([*others, made], key=lambda one: str(one["faults"]))})


def _not_good(verdict: dict[str, Any]) -> dict[str, str]:
    bad = [one for one in verdict["checks"] if one["outcome"] in {"failed", "undecided"}]
    return {one["id"]: one["message"] for one in bad if one["outcome"] == "failed"} | {
        one["id"]: f"undecided: {one['message']}" for one in bad if one["outcome"] == "undecided"
    }


def _record_of(environment: str) -> Path:
    system, _, name = environment.partition("/")
    return ENVIRONMENTS / system / "checklists" / f"{name}.seen.json"


def _write(environment: str, known: dict[str, Any]) -> None:
    _record_of(environment).write_text(json.dumps(known, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def page() -> str:
    """Return the whole page."""
    every = list(checklists())
    text = HEAD + "".join(map(_section, every))
    text += HEALTHY + "".join(_healthy_rows())
    text += SEEN + "".join(row for one in every for row in _seen_rows(one))
    return text + RUNS + "".join(row for one in every for row in _run_rows(one))


def _section(checklist: Checklist) -> str:
    text, part = f"\n## {checklist.environment}\n", ""
    for line in checklist.lines:
        if line.part != part:
            text += f"\n### {line.part}\n\n| line | checks | faults |\n|---|---|---|\n"
            part = line.part
        how = "; ".join(filter(None, [_codes(line.checks), line.reason]))
        text += _row(line.line, how, _codes(filter(None, [line.fault, *line.faults])))
    return text


def _healthy_rows() -> Iterator[str]:
    for file in sorted(ENVIRONMENTS.glob("*/checklists/*.seen.json")):
        name = f"{file.parent.parent.name}/{file.name.removesuffix('.seen.json')}"
        healthy = seen(name).get("healthy")
        if healthy:
            besides = "; ".join(f"`{check}`: {said}" for check, said in healthy["not_good"].items())
            yield _row(f"`{name}`", healthy["verdict"], str(healthy["passed"]), besides)


def _seen_rows(checklist: Checklist) -> Iterator[str]:
    for number, run in enumerate(checklist.runs, start=1):
        made = checklist.seen_in(run)
        for line in checklist.shown(run) if made else ():
            said = made["not_good"].get(line.red, "") if made else ""
            if made and line.incident:
                said += f"; incident `{line.incident}`: {made['incidents'][line.incident]}"
            yield _row(checklist.environment, str(number), line.line, f"`{line.fault}`", f"`{line.red}`", said)


def _run_rows(checklist: Checklist) -> Iterator[str]:
    for number, run in enumerate(checklist.runs, start=1):
        made = checklist.seen_in(run)
        if made:
            shown = {line.red for line in checklist.shown(run)}
            besides = _codes(check for check in made["not_good"] if check not in shown)
            yield _row(f"{checklist.environment} {number}", _codes(run), made["verdict"], besides)


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in texts)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
