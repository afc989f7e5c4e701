"""A run as the terminal shows it."""

import io
import re
from typing import Any

import pytest

from smoke.outputs.ansi import columns
from smoke.outputs.answer import VerdictJson
from smoke.outputs.terminal import Terminal
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome, Stage
from tests.outputs import verdicts

SAMPLE = """\
portal/prod   9f1c2ab  (before: 4e77d01)                          budget 120 s
  converge     ✓  bff 3/3 · web 3/3 · worker serve 9f1c2ab               3.1 s
  immediate    ✓  14 checks                                              1.2 s
  functional   ✗  journey/invoices   0 rows, expected at least 1         6.0 s
  integration  ✓  5 checks
  confirm      ✗  journey/invoices   still 0 rows, on all 3 replicas     5.2 s

FAIL: roll back bff. The invoice list is empty for the smoke customer; before
  this release it had 12 rows (10:02).
  repeat   pytest -m "prod and portal" -k journey/invoices
  report   reports/portal/prod/latest/report.html
"""

SERVICES = {"bff": 3, "web": 3, "worker": 1}


class Recorded(io.StringIO):
    """A stream of a given encoding that may be a terminal."""

    def __init__(self, encoding: str = "utf-8", *, tty: bool = False) -> None:
        super().__init__()
        self._encoding = encoding
        self._tty = tty

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """What the stream can show."""
        return self._encoding

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        return self._tty


def found(check: str, stage: str, outcome: str = "passed", message: str = "", **given: Any) -> Finding:
    """Return a finding."""
    cause = Cause.RELEASE if outcome == "failed" else None
    return Finding(check, Stage(stage), Outcome(outcome), message, cause=cause, **given)


def start(terminal: Terminal, **planned: list[str]) -> Terminal:
    """Start the terminal with some checks planned."""
    terminal.start("portal/prod", verdicts.COMMIT, verdicts.BEFORE, 120, planned, SERVICES)
    return terminal


def converged() -> list[Finding]:
    """Return the findings of a release that every replica serves."""
    return [
        found(f"version/{one}", "converge", service=one, duration_s=3.1, facts={"census": verdicts.census()[one]})
        for one in SERVICES
    ]


def test_replicas_that_were_not_met_are_not_said_to_serve_otherwise() -> None:
    """Two of three replicas that were met, all on the release, do not read as two of three on the release."""
    census = {"commits": {verdicts.COMMIT: 12}, "replicas": {"a": 6, "b": 6}}
    stream = Recorded()
    terminal = start(Terminal(stream), converge=["version/web"])
    terminal.finding(found("version/web", "converge", service="web", facts={"census": census}))
    assert "web (2 met of 3) serves 9f1c2ab" in stream.getvalue()


def play(terminal: Terminal) -> None:
    """Show the run of the sample."""
    immediate = [found(f"http/{number}", "immediate", duration_s=1.2) for number in range(14)]
    integration = [found(f"dependency/{number}", "integration") for number in range(5)]
    failed = found("journey/invoices", "functional", "failed", "0 rows, expected at least 1", duration_s=6.0)
    again = found("journey/invoices", "functional", "failed", "still 0 rows, on all 3 replicas", duration_s=5.2)
    findings = [*converged(), *immediate, failed, *integration, again]
    planned: dict[str, list[str]] = {}
    for one in findings[:-1]:
        planned.setdefault(one.stage.value, []).append(one.check)
    start(terminal, **planned)
    for one in findings:
        terminal.finding(one)
    reason = {"check": "journey/invoices", "cause": "release", "message": again.message}
    verdict = verdicts.failing() | {"reasons": [reason], "warnings": []}
    terminal.verdict(verdict, "reports/portal/prod/latest")


def closing(verdict: VerdictJson, **given: Any) -> str:
    """Return the last block for *verdict*."""
    stream = Recorded()
    Terminal(stream, **given).verdict(verdict, "reports/portal/prod/latest")
    return stream.getvalue()


def test_sample() -> None:
    """A failed journey reads exactly like this at 80 columns, without colour."""
    stream = Recorded()
    play(Terminal(stream, width=80))
    assert stream.getvalue() == SAMPLE


def test_sample_in_colour() -> None:
    """Colour changes no character and no column."""
    stream = Recorded()
    play(Terminal(stream, width=80, colour=True))
    assert "\x1b[31;1m✗\x1b[0m" in stream.getvalue()
    assert "\x1b[1;31mFAIL: roll back bff\x1b[0m." in stream.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()) == SAMPLE


def test_sample_in_ascii() -> None:
    """Where the encoding has no marks, plain characters stand for them, in the same columns."""
    stream = Recorded("ascii")
    play(Terminal(stream, width=80))
    assert stream.getvalue() == SAMPLE.replace("✓", "+").replace("✗", "x").replace("·", "|")


def test_sample_live() -> None:
    """On a live terminal the same lines remain once the status line is erased."""
    stream = Recorded()
    play(Terminal(stream, width=80, live=True))
    remaining = re.sub(r"[^\n]*\r\x1b\[K", "", stream.getvalue())
    assert remaining == SAMPLE
    assert "version/web and version/worker" in stream.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("kind", sorted(verdicts.ALL))
def test_no_line_is_wider_than_the_terminal(kind: str, width: int) -> None:
    """Everything but commands and paths fits, whatever the width."""
    for line in closing(verdicts.ALL[kind](), width=width).splitlines():
        assert columns(line) <= width - 2 or line.startswith(("  repeat", "  one ", "  report")), line


def test_wide_characters_are_counted_as_two_columns() -> None:
    """Japanese text wraps where the terminal ends."""
    stream = Recorded()
    terminal = start(Terminal(stream, width=80), immediate=["page/home"])
    terminal.finding(found("page/home", "immediate", "failed", "請求書の一覧が空です。" * 10, duration_s=1.0))
    lines = stream.getvalue().splitlines()[1:]
    assert len(lines) == 2
    assert all(columns(line) <= 78 for line in lines)
    assert lines[0].endswith("  1.0 s")
    assert lines[1].startswith(" " * 20)
    assert lines[1].endswith("…")


def test_a_finding_that_is_not_passed_has_its_line_at_once() -> None:
    """Nobody waits for the end of a stage to learn what is broken."""
    stream = Recorded()
    terminal = start(Terminal(stream), immediate=["page/home", "page/more", "page/last"])
    terminal.finding(found("page/home", "immediate", "failed", "no landmark"))
    terminal.finding(found("page/more", "immediate", "undecided", "no secret"))
    assert stream.getvalue().splitlines()[1:] == [
        "  immediate    ✗  page/home   no landmark",
        "  immediate    ?  page/more   no secret",
    ]


def test_an_advisory_failure_does_not_look_like_a_failure() -> None:
    """What never changes the verdict has another mark and says so."""
    stream = Recorded()
    terminal = start(Terminal(stream), immediate=["page/home"])
    terminal.finding(found("page/home", "immediate", "failed", "slow", gating=False))
    assert "  immediate    !  page/home   slow (advisory)\n" in stream.getvalue()


def test_stages_may_complete_in_any_order() -> None:
    """A stage has its line when its last finding comes, wherever the others are."""
    stream = Recorded()
    terminal = start(Terminal(stream), immediate=["a/1", "a/2"], functional=["b/1"])
    for check, stage in (("a/2", "immediate"), ("b/1", "functional"), ("a/1", "immediate")):
        terminal.finding(found(check, stage))
    assert stream.getvalue().splitlines()[1:] == ["  functional   ✓  1 check", "  immediate    ✓  2 checks"]


def test_skipped_checks_are_one_line_and_not_green() -> None:
    """A stage that was passed over says so once, with the reason."""
    stream = Recorded()
    terminal = start(Terminal(stream), functional=["a/1", "a/2", "a/3"])
    terminal.finding(found("a/1", "functional"))
    for check in ("a/2", "a/3"):
        terminal.finding(found(check, "functional", "skipped", "the release did not converge"))
    assert stream.getvalue().splitlines()[1:] == [
        "  functional   -  1 passed, 2 checks skipped: the release did not converge"
    ]


def test_replicas_that_disagree_are_not_summed_up() -> None:
    """Without one release that all serve, the stage line counts checks only."""
    stream = Recorded()
    census = {"census": {"commits": {verdicts.COMMIT: 8, verdicts.BEFORE: 4}, "replicas": {}}}
    terminal = start(Terminal(stream), converge=["version/bff"])
    terminal.finding(found("version/bff", "converge", service="bff", facts=census))
    assert stream.getvalue().splitlines()[1:] == ["  converge     ✓  1 check"]


def test_a_check_that_recovers_is_shown_in_confirm() -> None:
    """What passes on the second look is said, not hidden."""
    stream = Recorded()
    terminal = start(Terminal(stream), functional=["journey/login"])
    terminal.finding(found("journey/login", "functional", "undecided", "slow"))
    terminal.finding(found("journey/login", "functional", "passed", "as expected"))
    assert stream.getvalue().splitlines()[1:] == [
        "  functional   ?  journey/login   slow",
        "  confirm      ✓  journey/login   as expected",
    ]


def test_the_whole_answer_fits_one_screen() -> None:
    """40 checks with 6 failures take no more than 24 lines of 80 columns."""
    stream = Recorded()
    checks = [f"page/{number}" for number in range(40)]
    terminal = start(Terminal(stream), immediate=checks[:20], functional=checks[20:])
    for number, check in enumerate(checks):
        bad = number % 7 == 0
        message = (
            f"HTTP 502 text/html from replica {number}, expected the landmark; the proxy's error page came instead"
        )
        stage = "immediate" if number < 20 else "functional"
        terminal.finding(found(check, stage, "failed" if bad else "passed", message if bad else "", duration_s=1.0))
    since = "this look; last good 2026-11-21 09:47 UTC, 33 min ago with 4e77d01 live (earlier run)"
    terminal.verdict(verdicts.failing(), "reports/portal/prod/latest", since)
    assert len(stream.getvalue().splitlines()) <= 24


def test_many_findings_are_folded() -> None:
    """Beyond eight, findings are counted; those with the same message repeat no text."""
    stream = Recorded()
    terminal = start(Terminal(stream), immediate=[f"page/{number}" for number in range(17)])
    for number in range(17):
        terminal.finding(found(f"page/{number}", "immediate", "undecided", "name resolution failed"))
    terminal.verdict(verdicts.runner(), "reports/portal/prod/latest")
    lines = stream.getvalue().splitlines()
    assert lines[1:3] == ["  immediate    ?  page/0   name resolution failed", "  immediate    ?  page/1   the same"]
    assert lines[9] == "  … and 9 more in report.html"


def test_pass() -> None:
    """A pass is two lines."""
    assert closing(verdicts.passing()) == (
        "\n"
        "PASS: promote. 9f1c2ab4d0e3 is served everywhere and all 26 required checks\n"
        "  passed, 6 of them journeys.\n"
        "  report   reports/portal/prod/latest/report.html\n"
    )


def test_fail_of_several_causes() -> None:
    """Each cause names its checks; one that no rollback mends says what to do."""
    assert closing(verdicts.failing()).splitlines()[3:] == [
        "  cause    release: journey/invoices and read/invoices",
        "  cause    dependency: dependency/salesforce",
        "  do       wait for the third party and verify again; a rollback would not",
        "           help",
        "  note     page/home: 1.9 s, advised at most 1.0 s",
        '  repeat   pytest -m "prod and portal"',
        '  one      pytest -m "prod and portal" -k journey/invoices',
        "  report   reports/portal/prod/latest/report.html",
    ]


def test_since_when() -> None:
    """Where somebody remembers, it is said since when it has been so, and when it was last good."""
    stream = Recorded()
    since = "10:02 UTC, 18 min ago; last good 09:47 UTC, 33 min ago with 4e77d01 live (history)"
    Terminal(stream).verdict(verdicts.failing(), "reports/portal/prod/latest", since)
    assert stream.getvalue().splitlines()[3:5] == [
        "  since    10:02 UTC, 18 min ago; last good 09:47 UTC, 33 min ago with 4e77d01",
        "           live (history)",
    ]


def test_where_a_hold_lies() -> None:
    """A hold names the services that nobody can tell of; a fail has done so in its first line."""
    assert "  at       bff" in closing(verdicts.runner()).splitlines()
    assert not any(line.startswith("  at ") for line in closing(verdicts.failing()).splitlines())


def test_a_part_says_so() -> None:
    """Whatever else a partial selection found, it says that it is partial."""
    left_out = verdicts.check("page/home", "immediate", "skipped", message="not selected on the command line")
    verdict = verdicts.failing() | {"checks": verdicts.replaced(verdicts.failing()["checks"], left_out)}
    assert "  partial  1 of 27 required checks were not selected" in closing(verdict).splitlines()
    assert not any("partial" in line for line in closing(verdicts.failing()).splitlines())


def test_inconclusive() -> None:
    """A hold says why nobody can tell, and what would let them."""
    lines = closing(verdicts.runner()).splitlines()
    assert lines[1].startswith("INCONCLUSIVE: hold. journey/login: name resolution failed;")
    assert "  cause    runner: version/bff, version/web, version/worker and 23 more" in lines
    assert "  do       fix the machine that runs the verification, or run it elsewhere" in lines


def test_hostile_text_stays_text() -> None:
    """Nothing that a target says moves the cursor, spans lines, or commands the build log."""
    stream = Recorded()
    terminal = start(Terminal(stream), immediate=["page/home"])
    terminal.finding(found("page/home", "immediate", "failed", verdicts.HOSTILE * 1000))
    terminal.verdict(verdicts.hostile(), "reports/portal/prod/latest")
    shown = stream.getvalue()
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", shown) is None
    assert re.search(r"^\s*::", shown, re.MULTILINE) is None
    assert "##[" not in shown
    assert len(shown.splitlines()) < 24


@pytest.mark.parametrize(
    ("variables", "tty", "colour", "live"),
    [
        ({}, True, True, True),
        ({}, False, False, False),
        ({"NO_COLOR": "1"}, True, False, True),
        ({"NO_COLOR": ""}, True, True, True),
        ({"TERM": "dumb"}, True, False, False),
        ({"CI": "true"}, True, True, False),
    ],
)
def test_on_suits_the_stream(variables: dict[str, str], *, tty: bool, colour: bool, live: bool) -> None:
    """Colour and the status line follow the terminal, NO_COLOR, TERM and CI."""
    stream = Recorded(tty=tty)
    terminal = start(Terminal.on(stream, variables), immediate=["page/home"])
    terminal.close()
    assert ("\x1b[1m" in stream.getvalue()) is colour
    assert ("s left" in stream.getvalue()) is live


def test_status_line_says_what_is_waited_for() -> None:
    """The status line names the checks that are missing, and what is left of the budget."""
    stream = Recorded()
    moments = iter([0.0, *[26.4] * 100])
    terminal = Terminal(stream, width=80, live=True, clock=lambda: next(moments))
    start(terminal, immediate=["a/1"], functional=["journey/login", "journey/invoices"])
    terminal.finding(found("a/1", "immediate"))
    terminal.finding(found("journey/login", "functional"))
    terminal.waiting("invoices: the page loads")
    terminal.close()
    drawn = [one.strip() for one in re.split(r"[\r\n]|\x1b\[K", stream.getvalue()) if "left" in one]
    told = [" ".join(one.split()) for one in drawn]
    assert "immediate 0/1 waiting for a/1 94 s left" in told
    assert "functional 0/2 waiting for journey/login and journey/invoices 94 s left" in told
    assert "functional 1/2 waiting for journey/invoices 94 s left" in told
    assert told[-1] == "functional 1/2 invoices: the page loads 94 s left"
    assert {len(one) for one in drawn} == {76}


def test_two_runs_on_one_stream_are_two_blocks() -> None:
    """What a second run prints is held until the first has given its verdict."""
    stream = Recorded()
    first, second = Terminal(stream), Terminal(stream)
    start(first, immediate=["page/first"])
    start(second, immediate=["page/second"])
    second.finding(found("page/second", "immediate", "failed", "broken"))
    first.finding(found("page/first", "immediate", "failed", "broken"))
    first.verdict(verdicts.failing(), "reports/one")
    second.verdict(verdicts.failing(), "reports/two")
    told = re.findall(r"page/first|page/second|reports/one|reports/two", stream.getvalue())
    assert told == ["page/first", "reports/one", "page/second", "reports/two"]


def test_a_closed_stream_changes_nothing() -> None:
    """A reader who leaves early does not break the run."""
    stream = Recorded()
    terminal = start(Terminal(stream), immediate=["page/home"])
    stream.close()
    terminal.finding(found("page/home", "immediate", "failed", "broken"))
    terminal.verdict(verdicts.failing(), "reports/portal/prod/latest")
