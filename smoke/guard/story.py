"""
What happened in one guarded deployment, kept on disk at every step.

Whoever is killed in between leaves a report that says so, and how far it had come.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Any

from smoke.files import replace_file
from smoke.outputs.story import render
from smoke.verdict.moments import iso
from smoke.verdict.words import EXIT_STATUS, Word

SCHEMA_VERSION = 1
JSON = "guard.json"
MARKDOWN = "guard.md"

PASS, FAIL, HOLD = (EXIT_STATUS[word] for word in (Word.PASS, Word.FAIL, Word.INCONCLUSIVE))

STATUS = {
    "promoted": PASS,
    "held": HOLD,
    "restored": FAIL,
    "not restored": FAIL,
    "left": FAIL,
    "not deployed": HOLD,
    "interrupted": HOLD,
    "refused": HOLD,
    "unfinished": HOLD,
}
"""Exit status of each outcome, as the verdict's; `left` is a fail that a rollback would not help against."""


@dataclass
class Story:
    """The report of one deployment, in *directory*; every change is written at once."""

    directory: Path
    identifier: str
    environment: str
    sha: str
    previous: str = ""
    began: float = field(default_factory=time)
    outcome: str = "unfinished"
    summary: str = "The guard did not finish: nobody knows what it left. Look at what is live."
    steps: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def begin(self, step: str, words: str) -> None:
        """Begin a step; the one before has ended."""
        self.steps.append({"name": step, "words": words, "began_at": iso(time()), "took_s": None, "well": None})
        self._clock = time()
        self.keep()

    def end(self, words: str, *, well: bool) -> None:
        """End the step that goes on."""
        self.steps[-1].update(words=words, took_s=round(time() - self._clock, 1), well=well)
        self.keep()

    def conclude(self, outcome: str, summary: str) -> int:
        """Say how it all ended; returns the exit status."""
        self.outcome, self.summary = outcome, summary
        self.keep()
        return STATUS[outcome]

    def variables(self) -> dict[str, str]:
        """Return what every command is told in its environment."""
        return {"SMOKE_SHA": self.sha, "SMOKE_PREVIOUS": self.previous, "SMOKE_ENVIRONMENT": self.environment}

    def keep(self) -> None:
        """Write everything as it is now."""
        data = self.to_json()
        self.directory.mkdir(parents=True, exist_ok=True)
        replace_file(self.directory / JSON, json.dumps(data, indent=2) + "\n")
        replace_file(self.directory / MARKDOWN, render(data))

    def to_json(self) -> dict[str, Any]:
        """Return the contents of `guard.json`."""
        now = time()
        return {
            "schema_version": SCHEMA_VERSION,
            "id": self.identifier,
            "environment": self.environment,
            "sha": self.sha,
            "previous": self.previous or None,
            "outcome": self.outcome,
            "exit_status": STATUS[self.outcome],
            "summary": self.summary,
            "started_at": iso(self.began),
            "finished_at": iso(now),
            "duration_s": round(now - self.began, 1),
            "steps": self.steps,
            "verdict": None,
            "restored": None,
            "restored_in_s": None,
            "restore_within_s": None,
            "components": [],
            "warnings": [],
            **self.facts,
        }
