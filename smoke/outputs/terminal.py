"""A run as the terminal shows it: what is going on, what was found, and the verdict last."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TextIO

from smoke.outputs import untrusted
from smoke.outputs.ansi import Style
from smoke.outputs.answer import VerdictJson
from smoke.outputs.closing import closing_lines
from smoke.outputs.progress import FINDING_LINES, finding_lines, opening_line, stage_lines, status_line, status_text
from smoke.outputs.status_line import StatusLine
from smoke.verdict.finding import Finding
from smoke.verdict.words import Outcome, Stage

WIDEST = 100
"""Columns beyond which a line is no longer read at a glance."""

NARROWEST = 40

FINDINGS_SHOWN = 8
"""Findings with a line of their own, so that the whole answer stays on one screen."""

FINDINGS_IN_FULL = 4
"""Findings that may take two lines; the first tell most, and the others are in the report."""


class Terminal:
    """
    Prints a run to *stream*, *width* columns wide.

    A stage has one line when it is complete, a finding that is not passed has one at once. On a *live* terminal one
    more line says what is waited for and how much of the budget is left. A check that is found a second time was looked
    at again and is shown in the stage `confirm`. *clock* returns monotonic seconds.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        width: int = 80,
        colour: bool = False,
        live: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Two columns stay free: a full line makes many terminals add an empty one.
        room = max(NARROWEST, min(width, WIDEST)) - 2
        self._style = Style(room, colour, getattr(stream, "encoding", None) or "utf-8")
        self._clock = clock
        self._line = StatusLine(stream, self._render, live=live)
        self._deadline = 0.0
        self._planned: dict[str, list[str]] = {}
        self._replicas: Mapping[str, int] = {}
        self._pending: dict[str, list[str]] = {}
        self._found: dict[str, Finding] = {}
        self._noted = 0
        self._said: set[str] = set()
        self._note = ""
        self._status = ""

    @property
    def style(self) -> Style:
        """What the stream can show."""
        return self._style

    @classmethod
    def on(cls, stream: TextIO, variables: Mapping[str, str]) -> "Terminal":
        """
        Return a terminal that suits *stream*; of *variables* it reads `NO_COLOR` (no-color.org), `TERM` and `CI`.

        Without a terminal, and in CI where a log only grows, lines are plain and nothing is rewritten.
        """
        tty = stream.isatty() and variables.get("TERM") != "dumb"
        return cls(
            stream,
            width=shutil.get_terminal_size((80, 24)).columns if tty else 80,
            colour=tty and not variables.get("NO_COLOR"),
            live=tty and not variables.get("CI"),
        )

    def start(  # noqa: PLR0913, PLR0917 - what the first line says, and what is expected after it
        self,
        environment: str,
        release_expected: str | None,
        previous: str | None,
        budget_s: float,
        planned: Mapping[str, Sequence[str]],
        replicas: Mapping[str, int] | None = None,
    ) -> None:
        """
        Print the first line.

        *planned* holds the check ids of each stage, *replicas* how many replicas each service is to have.
        """
        self._planned = {str(stage): list(checks) for stage, checks in planned.items()}
        self._pending = {stage: list(checks) for stage, checks in self._planned.items()}
        self._replicas = replicas or {}
        self._deadline = self._clock() + budget_s
        opening = opening_line(environment, release_expected, previous, budget_s, self._style)
        self._wait_for("", opening)
        self._line.start()

    def finding(self, finding: Finding) -> None:
        """Take in one finding; in any order."""
        again = finding.check in self._found
        self._found[finding.check] = finding
        stage = str(Stage.CONFIRM if again else finding.stage)
        lines = []
        if again or finding.outcome in {Outcome.FAILED, Outcome.UNDECIDED}:
            lines += self._of_note(finding, stage)
        if finding.check in self._pending.get(stage, ()):
            self._pending[stage].remove(finding.check)
            lines += self._complete(stage)
        self._wait_for("", *lines)

    def waiting(self, note: str) -> None:
        """Say in the status line what is waited for: `bff: 2 of 3 replicas serve 9f1c2ab`; the next finding ends it."""
        self._wait_for(untrusted.for_log(note))

    def verdict(self, verdict: VerdictJson, report_dir: str, since: str = "") -> None:
        """
        Print the last block.

        *report_dir* is the run's directory as a person may type it, *since* says since when it has been so.
        """
        self._line.stop()
        if self._noted > FINDINGS_SHOWN:
            self._line.print(self._style.showable(f"  … and {self._noted - FINDINGS_SHOWN} more in report.html"))
        report = f"{report_dir.rstrip('/')}/report.html"
        self._line.print("", *closing_lines(verdict, report, self._style, since))
        self._line.leave()

    def close(self) -> None:
        """Erase the status line for good, also when no verdict comes."""
        self._line.leave()

    def _of_note(self, finding: Finding, stage: str) -> list[str]:
        self._noted += 1
        if self._noted > FINDINGS_SHOWN:
            return []
        same = finding.message in self._said
        self._said.add(finding.message)
        told = replace(finding, message="the same") if same else finding
        most = FINDING_LINES if self._noted <= FINDINGS_IN_FULL else 1
        return finding_lines(told, stage, self._style, most)

    def _complete(self, stage: str) -> list[str]:
        if self._pending[stage]:
            return []
        findings = [self._found[check] for check in self._planned[stage]]
        return stage_lines(stage, findings, self._style, self._replicas)

    def _wait_for(self, note: str, *lines: str) -> None:
        self._status = status_text(self._pending, self._planned, note)
        self._line.print(*lines)

    def _render(self) -> str:
        return status_line(self._status, self._deadline - self._clock(), self._style)
