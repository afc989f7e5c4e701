"""What becomes of a supervised run when its child has ended."""

import json
from pathlib import Path

import pytest

from smoke.errors import ConfigurationError
from smoke.outputs import LAST_WRITTEN, _writers, allure
from smoke.record import events, run_directory
from smoke.settlement import planned_time, settle
from smoke.verdict.decide import decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from tests.verdict.made import END, finding, passed, plan

HOME = passed("page/home")
BROKEN = finding("page/home")


def run(directory: Path, found: Finding, *, ended: bool) -> Plan:
    """Leave what a child leaves that made one check, and came to its end or not."""
    made = plan(found)
    writer = events.EventWriter(directory / events.FILE)
    writer.plan(made)
    writer.finding(found)
    if ended:
        writer.end(END)
    writer.close()
    run_directory.write_verdict(directory, decide(made, [found] if ended else [], END).to_json())
    return made


@pytest.mark.parametrize("status", [0, 10, 20, 1, -9])
def test_a_verdict_that_was_given_stands(tmp_path: Path, status: int) -> None:
    """What happens to the child after it gave its verdict changes nothing about it."""
    made = run(tmp_path, BROKEN, ended=True)
    assert settle(tmp_path, status, "the verifier broke", lambda: made) == 10


def test_usage_stays_usage(tmp_path: Path) -> None:
    """What the child refused it has said already."""
    made = run(tmp_path, HOME, ended=False)
    assert settle(tmp_path, 4, "the verifier broke (exit 4)", lambda: made) == 4


@pytest.mark.parametrize("status", [0, 10, -9, 1])
def test_an_unfinished_run(tmp_path: Path, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever status the child had, without an end in its log the verdict holds, and says how the child ended."""
    made = run(tmp_path, HOME, ended=False)
    assert settle(tmp_path, status, "the verifier vanished", lambda: made) == 20
    verdict = json.loads((tmp_path / "verdict.json").read_text("utf-8"))
    assert verdict["verdict"] == "inconclusive"
    assert "the verifier vanished" in verdict["summary"]
    assert [one["outcome"] for one in verdict["checks"]] == ["passed"]
    assert "the verifier vanished" in " ".join(capsys.readouterr().out.split())
    log = events.read(tmp_path / events.FILE)
    assert log.end is not None
    assert decide(log.plan, log.findings, log.end).to_json() == verdict


def test_a_run_that_never_began(tmp_path: Path) -> None:
    """Without a log the plan is taken from the environment file, and nothing of it was made."""
    directory = tmp_path / "reports" / "run"
    assert settle(directory, -9, "the verifier was killed", lambda: plan(HOME)) == 20
    verdict = json.loads((directory / "verdict.json").read_text("utf-8"))
    assert "before it had begun" in verdict["summary"]
    assert [one["outcome"] for one in verdict["checks"]] == ["skipped"]
    assert (directory.parent / "latest").resolve() == directory


def test_a_run_that_could_not_begin(tmp_path: Path) -> None:
    """When the file was wrong all along, that is what is said."""

    def wrong() -> Plan:
        raise ConfigurationError("prod.toml: tier is missing")

    with pytest.raises(ConfigurationError):
        settle(tmp_path / "run", -9, "the verifier was killed", wrong)


def test_the_time_of_a_run(tmp_path: Path) -> None:
    """Start and budget are known as soon as the child has logged its plan."""
    assert planned_time(tmp_path) is None
    made = run(tmp_path, HOME, ended=False)
    assert planned_time(tmp_path) == (made.started_at, made.budget_s)
    (tmp_path / events.FILE).write_text('{"event": "plan", "pl', "utf-8")
    assert planned_time(tmp_path) is None


def test_a_verdict_at_the_last_moment(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Where the child had time for its verdict and no more, the reports are written and the verdict is shown."""
    made = run(tmp_path, BROKEN, ended=True)
    assert settle(tmp_path, 10, "the verifier hung", lambda: made) == 10
    assert {"junit.xml", "report.html", LAST_WRITTEN} <= {one.name for one in tmp_path.iterdir()}
    assert "FAIL: " in capfd.readouterr().out
    assert settle(tmp_path, 10, "the verifier hung", lambda: made) == 10
    assert capfd.readouterr().out == ""


def test_what_is_written_last() -> None:
    """The last thing that is written is the one that tells."""
    assert allure.DIRECTORY == LAST_WRITTEN
    assert list(_writers({}, {}))[-1] == LAST_WRITTEN
