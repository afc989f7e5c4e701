"""
Runs the steps of a GitHub workflow here, in order, out of the workflow file itself.

What GitHub's runner does is done as far as the workflow needs it: expressions, `if`, `continue-on-error`, outputs and
the files that `GITHUB_OUTPUT` and `GITHUB_STEP_SUMMARY` name. Steps that use an action, and those named in *left_out*
(installing), are not made: what they bring is here already.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_NAME = re.compile(r"(?<![\w'.-])((?:inputs|secrets|steps|github|runner|env)(?:\.[A-Za-z_][\w-]*)+)")
_TEXT = re.compile(r"('(?:[^']|'')*')")
STATUS = re.compile(r"\b(?:always|failure|success|cancelled)\(\)")


@dataclass(frozen=True)
class Done:
    """One step that was looked at: its *outcome* is success, failure or skipped."""

    identifier: str
    outcome: str
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""


@dataclass
class Workflow:
    """One job of a workflow file, run in *directory* with the variables *environ*."""

    file: Path
    job: str
    directory: Path
    inputs: Mapping[str, Any]
    secrets: Mapping[str, str]
    environ: Mapping[str, str]
    left_out: tuple[str, ...] = ("install", "browser")
    programs: Path | None = None
    """A directory whose programs stand in for those of the same name."""
    done: dict[str, Done] = field(default_factory=dict)

    @cached_property
    def content(self) -> dict[Any, Any]:
        """What the file says; YAML takes its key `on` for true."""
        return dict(yaml.safe_load(self.file.read_text("utf-8")))

    def run(self) -> bool:
        """Run the job; tells whether it is green."""
        green = True
        for step in self._steps():
            if "run" not in step or step["id"] in self.left_out:
                continue
            if not self._wanted(step, green=green):
                self.done[step["id"]] = Done(step["id"], "skipped")
                continue
            self.done[step["id"]] = done = self._run(step)
            green = green and (done.outcome == "success" or bool(step.get("continue-on-error")))
        return green

    def value(self, text: str) -> str:
        """Return *text* with its expressions evaluated."""
        return _EXPRESSION.sub(lambda found: _written(self.evaluate(found[1])), text)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression; unknown names are empty, as GitHub has it."""
        parts = _TEXT.split(expression)
        python = "".join(part if index % 2 else self._in_python(part) for index, part in enumerate(parts))
        return eval(python, {"__builtins__": {}}, {})

    def _in_python(self, part: str) -> str:
        part = part.replace("&&", " and ").replace("||", " or ")
        part = STATUS.sub("True", part)
        part = re.sub(r"!(?!=)", " not ", part)
        return _NAME.sub(lambda found: repr(self._known(found[1])), part)

    def _known(self, name: str) -> Any:
        scope, *path = name.split(".")
        if scope == "steps":
            step = self.done.get(path[0], Done(path[0], ""))
            return step.outcome if path[1] == "outcome" else step.outputs.get(path[2], "")
        if scope == "inputs":
            declared = self.content[True]["workflow_call"]["inputs"][path[0]]
            return self.inputs.get(path[0], self.value(str(declared.get("default", ""))))
        scopes: dict[str, Mapping[str, Any]] = {
            "secrets": self.secrets,
            "github": {
                "action_path": self.environ.get("GITHUB_ACTION_PATH", ""),
                "sha": self.environ.get("GITHUB_SHA", ""),
                "run_id": "1",
                "run_attempt": "1",
            },
            "runner": {"os": "Linux", "temp": str(self.directory / "temp")},
        }
        return scopes.get(scope, {}).get(path[0], "")

    def _steps(self) -> Iterator[dict[str, Any]]:
        for number, step in enumerate(self.content["jobs"][self.job]["steps"]):
            yield {"id": f"step-{number}", **step}

    def _wanted(self, step: Mapping[str, Any], *, green: bool) -> bool:
        condition = str(step.get("if", ""))
        # Without a function that asks for the state, a step of a job that has failed is left out.
        return (green or bool(STATUS.search(condition))) and (not condition or bool(self.evaluate(condition)))

    def _path(self) -> Iterator[Path | str | None]:
        yield from (self.programs, Path(sys.executable).parent, os.environ["PATH"])

    def _run(self, step: Mapping[str, Any]) -> Done:
        temp, output = self.directory / "temp", self.directory / f"output-{step['id']}"
        temp.mkdir(exist_ok=True)
        output.write_text("", "utf-8")
        job = self.content["jobs"][self.job]
        said = {**job.get("env", {}), **step.get("env", {})}
        variables = {
            **self.environ,
            "PATH": os.pathsep.join(str(one) for one in self._path() if one),
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.directory / "summary.md"),
            "RUNNER_TEMP": str(temp),
            **{name: self.value(str(text)) for name, text in said.items()},
        }
        # As GitHub starts `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        ended = subprocess.run(
            command, cwd=self.directory, env=variables, capture_output=True, text=True, timeout=900, check=False
        )
        lines = [line.split("=", 1) for line in output.read_text("utf-8").splitlines()]
        outcome = "success" if ended.returncode == 0 else "failure"
        return Done(step["id"], outcome, dict(lines), ended.stdout + ended.stderr)


def _written(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
