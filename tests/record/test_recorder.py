"""The record of one run, and the honest verdict that is there from the start."""

import errno
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from smoke.record import events, run_directory
from smoke.record.recorder import Recorder, redacted
from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.words import Cause, Outcome, Word
from tests.verdict.made import END, finding, passed, plan

HOME = passed("page/home")
READ = passed("read/x")
PLAN = plan(HOME, READ)


@dataclass
class FakeDisplay:
    """Remembers what it was shown; *gone* is raised as a terminal does that nobody reads any more."""

    gone: Exception | None = None
    findings: list[Finding] = field(default_factory=list)
    verdicts: list[Mapping[str, Any]] = field(default_factory=list)

    def finding(self, finding: Finding) -> None:
        """Show one finding."""
        self._show()
        self.findings.append(finding)

    def verdict(self, verdict: Mapping[str, Any], directory: Path) -> None:
        """Show the verdict."""
        self._show()
        assert (directory / "verdict.json").exists()
        self.verdicts.append(verdict)

    def _show(self) -> None:
        if self.gone:
            raise self.gone


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return the directory of a run."""
    return run_directory.create(tmp_path, "portal/prod", "run")


@pytest.fixture
def recorder(directory: Path) -> Iterator[Callable[..., Recorder]]:
    """Return a maker of recorders, of which none keeps its log open."""
    made: list[Recorder] = []

    def recorder(display: FakeDisplay | None = None, redact: Callable[[str], str] = str, of: Plan = PLAN) -> Recorder:
        made.append(Recorder(of, directory, display or FakeDisplay(), redact))
        return made[-1]

    yield recorder
    for one in made:
        one._events.close()


def test_an_honest_verdict_is_there_from_the_start(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """Before anything was found the verdict says that the run did not finish, and `latest` leads to it."""
    recorder()
    verdict = run_directory.read_verdict(directory.parent / "latest")
    assert verdict
    assert (verdict["verdict"], verdict["complete"]) == ("inconclusive", False)
    assert verdict["summary"].startswith("The verification did not finish: it did not come to its end")
    assert [one["outcome"] for one in verdict["checks"]] == ["skipped", "skipped"]


def test_a_killed_run_can_be_recomputed(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """What was found until the kill lies in the log."""
    recorder().record(HOME)
    assert events.read(directory / events.FILE).findings == (HOME,)


def test_finish(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """The verdict is decided, shown, and written with all that derives from it."""
    display = FakeDisplay()
    record = recorder(display)
    for one in (HOME, READ):
        record.record(one)
    verdict = record.finish(END)
    assert verdict == record.verdict == decide(PLAN, (HOME, READ), END)
    assert display.findings == [HOME, READ]
    assert display.verdicts[0]["verdict"] == "pass"
    assert run_directory.read_verdict(directory) == verdict.to_json()
    assert events.read(directory / events.FILE).end == END
    assert {"summary.md", "junit.xml", "report.html", "allure-results"} <= {one.name for one in directory.iterdir()}


def test_a_check_that_broke_is_doubted(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """What broke after it had passed is undecided, in the verdict and in a replay of it; a failure stays one."""
    record = recorder()
    for one in (HOME, finding("read/x")):
        record.record(one)
    for check in ("page/home", "read/x"):
        record.doubt(finding(check, "undecided", cause="suite"))
    verdict = record.finish(END)
    assert [one.outcome for one in verdict.findings] == [Outcome.UNDECIDED, Outcome.FAILED]
    assert decide(PLAN, events.read(directory / events.FILE).findings, END) == verdict


def test_a_provisional_finding_is_only_shown(recorder: Callable[..., Recorder]) -> None:
    """What is looked at again before it counts is shown, and neither recorded nor shown once it is settled."""
    display = FakeDisplay()
    record = recorder(display)
    record.provisional(finding("page/home"))
    assert record.findings == ()
    record.record(HOME)
    record.provisional(finding("page/home"))
    assert [one.outcome for one in display.findings] == [Outcome.FAILED, Outcome.PASSED]


def test_concluding_comes_before_deriving(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """The verdict is on disk before anything that takes longer is begun, and everything derives from it once."""
    display = FakeDisplay()
    record = recorder(display)
    record.derive()
    assert display.verdicts == []
    verdict = record.conclude(END)
    assert run_directory.read_verdict(directory) == verdict.to_json()
    assert display.verdicts == []
    record.derive()
    assert record.finish(END) is verdict
    assert len(display.verdicts) == 1


def test_the_first_finding_of_a_check_counts(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """A finding that comes twice, as by the engine and by a test report, is recorded once."""
    display = FakeDisplay()
    record = recorder(display)
    record.record(HOME)
    record.record(finding("page/home"))
    assert record.findings == (HOME,)
    assert record.finding("page/home") == HOME
    assert record.finding("read/x") is None
    assert display.findings == [HOME]


def test_the_first_end_counts(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """Whoever finishes second, the watchdog or the run, changes nothing."""
    display = FakeDisplay()
    record = recorder(display)
    first = record.finish(End(END.finished_at, "interrupted by SIGTERM"))
    record.record(HOME)
    assert record.finish(END) is first
    assert record.findings == ()
    assert len(display.verdicts) == 1


def test_findings_from_many_threads(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """Findings may come from several threads at once; each is one whole line of the log."""
    many = [passed(f"page/{number}", message="x" * 5_000) for number in range(40)]
    record = recorder(of=plan(*many))

    def hand_in(part: Sequence[Finding]) -> None:
        for one in part:
            record.record(one)

    threads = [Thread(target=hand_in, args=(many[at::4],)) for at in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    log = events.read(directory / events.FILE)
    assert {one.check for one in log.findings} == {one.check for one in many}
    assert len(log.findings) == 40


def test_waiting_for(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """What is still waited for are the selected checks without a finding."""
    record = recorder()
    record.record(READ)
    assert record.waiting_for() == ["page/home"]


@pytest.mark.parametrize("gone", [BrokenPipeError(), ValueError("I/O operation on closed file")])
def test_a_terminal_that_is_gone_changes_nothing(
    directory: Path, recorder: Callable[..., Recorder], gone: Exception
) -> None:
    """A run whose output nobody reads any more, as behind `| head`, still gives its verdict."""
    record = recorder(FakeDisplay(gone=gone))
    record.record(HOME)
    record.record(READ)
    assert record.finish(END).word is Word.PASS
    assert json.loads((directory / "verdict.json").read_text())["verdict"] == "pass"


def test_a_verdict_that_is_not_on_disk_does_not_count(
    directory: Path, recorder: Callable[..., Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the verdict cannot be written there is none, so that the exit status never says what no file says."""
    record = recorder()
    record.record(HOME)
    record.record(READ)

    def full(_directory: Path, _verdict: Mapping[str, Any]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_directory, "write_verdict", full)
    with pytest.raises(OSError, match="No space left"):
        record.finish(END)
    assert record.verdict is None
    assert json.loads((directory / "verdict.json").read_text())["verdict"] == "inconclusive"


def test_outputs_that_cannot_be_written_are_said(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """A report that cannot be written is a warning in the verdict, no more."""
    (directory / "report.html").mkdir()
    record = recorder()
    record.record(HOME)
    record.record(READ)
    assert record.finish(END).word is Word.PASS
    verdict = run_directory.read_verdict(directory)
    assert verdict
    assert any(one.startswith("report.html was not written") for one in verdict["warnings"])


def test_secrets_are_masked_everywhere(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """No text of a finding, however deep, keeps a secret: not in the log, not in the verdict, not on the terminal."""
    leaky = finding(
        "page/home",
        message="hunter2",
        expected="hunter2",
        found="a hunter2 b",
        reproduce="curl -H 'Cookie: hunter2'",
        facts={"signature": "hunter2", "deep": [{"hunter2": ("hunter2", 3, None, True)}]},
    )
    display = FakeDisplay()
    record = recorder(display, lambda text: text.replace("hunter2", "***"))
    record.record(leaky)
    record.finish(END)
    assert "hunter2" not in repr(display.findings)
    for path in directory.rglob("*"):
        if path.is_file():
            assert b"hunter2" not in path.read_bytes(), path


def test_nothing_is_hidden_in_a_verdict(directory: Path, recorder: Callable[..., Recorder]) -> None:
    """What a target wrote repaints no terminal on which somebody prints the verdict or its events."""
    evil = "\x1b[2J\x1b]0;title\x07a\u202eb\ud800 \x9b31m"
    hostile = finding(
        "page/home", message=evil, expected=evil, found=evil, facts={"census": {"commits": {evil: 3}}, "strays": [evil]}
    )
    record = recorder()
    record.record(hostile)
    record.finish(END)
    told = [json.loads((directory / run_directory.VERDICT).read_text("utf-8"))]
    told += [json.loads(line) for line in (directory / events.FILE).read_text("utf-8").splitlines()]
    assert not any(sign in json.dumps(told, ensure_ascii=False) for sign in "\x1b\x9b\x07\u202e\ud800")
    assert "ab" in json.dumps(told)


def test_redaction_keeps_everything_else() -> None:
    """Masking changes no outcome, cause, number or structure."""
    one = finding("page/home", cause="runner", samples=12, facts={"a": [1, None, {"b": True}], "census": {"x": 1}})
    masked = redacted(one, lambda text: text)
    assert masked == one
    assert (masked.outcome, masked.cause) == (Outcome.FAILED, Cause.RUNNER)


def test_certain_only_when_nothing_can_excuse_it(recorder: Callable[..., Recorder]) -> None:
    """The release is condemned once every check that is no journey has its finding, and one proves it guilty."""
    broken, journey = finding("read/invoices"), passed("journey/invoices")
    record = recorder(of=plan(broken, HOME, journey))
    record.record(broken)
    assert record.condemned_for_s() == 0, "the other check may still tell why"
    record.record(HOME)
    assert record.condemned_for_s() > 0, "a journey could only confirm it"


def test_good_release_is_never_condemned(recorder: Callable[..., Recorder]) -> None:
    """Nothing hurries while nothing is wrong."""
    record = recorder()
    for one in (HOME, READ):
        record.record(one)
    assert record.condemned_for_s() == 0
