"""`junit.xml`: one test suite for each stage, and one for the verdict itself."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from smoke.files import replace_file
from smoke.outputs import answer, untrusted
from smoke.outputs.answer import CheckJson, VerdictJson
from smoke.verdict.words import Outcome, Word

if TYPE_CHECKING:
    from junitparser import TestCase, TestSuite
    from junitparser.junitparser import FinalResult

FILE = "junit.xml"


def write(run_directory: Path, verdict: VerdictJson) -> None:
    """Write the file; raises OSError."""
    replace_file(run_directory / FILE, render(verdict))


def render(verdict: VerdictJson) -> bytes:
    """
    Return the XML document.

    Failed is a failure, undecided an error, skipped is skipped. Readers take a file of skipped cases for a success;
    the case `verdict` therefore fails when the verdict is fail, and is an error when it is inconclusive.
    """
    # Imported here: nothing needs it before the verdict.
    from junitparser import JUnitXml

    document: Any = JUnitXml("smokegate")
    for stage, checks in answer.by_stage(verdict).items():
        document.append(_suite(stage, [_case(check, verdict) for check in checks], verdict))
    document.append(_suite("verdict", [_verdict_case(verdict)], verdict))
    document.update_statistics()
    stream = io.BytesIO()
    document.write(stream)
    return stream.getvalue()


def _suite(name: str, cases: "list[TestCase]", verdict: VerdictJson) -> "TestSuite":
    from junitparser import TestSuite

    suite = TestSuite(name)
    suite.timestamp = _line(verdict["started_at"])
    for key in ("environment", "run_id", "verdict", "action"):
        suite.add_property(key, _line(verdict[key]))
    suite.add_property("release", _line(verdict["release"]["expected"] or ""))
    suite.add_testcases(cases)
    return suite


def _case(check: CheckJson, verdict: VerdictJson) -> "TestCase":
    from junitparser import Error, Failure, Properties, Property, Skipped, TestCase

    case: Any = TestCase(_line(check["id"]), _line(verdict["environment"]), check["duration_s"])
    properties = Properties()  # type: ignore[no-untyped-call]  # the library types it in part
    for name, value in _properties(check):
        properties.add_property(Property(name, _line(value)))
    case.append(properties)
    kinds: dict[str, type[FinalResult]] = {
        Outcome.FAILED: Failure,
        Outcome.UNDECIDED: Error,
        Outcome.SKIPPED: Skipped,
    }
    kind = kinds.get(check["outcome"])
    if kind is not None:
        result = kind(_line(check["message"]), _line(check["cause"] or "unknown"))
        result.text = untrusted.block(_details(check))
        case.result = [result]
    return cast("TestCase", case)


def _verdict_case(verdict: VerdictJson) -> "TestCase":
    from junitparser import Error, Failure, TestCase

    case = TestCase("verdict", _line(verdict["environment"]), verdict["duration_s"])
    if verdict["verdict"] != Word.PASS:
        kind = Failure if verdict["verdict"] == Word.FAIL else Error
        result = kind(_line(f"{answer.headline(verdict)}. {verdict['summary']}", 2000), _line(verdict["verdict"]))
        reasons = [f"{one['check']} ({one['cause']}): {one['message']}" for one in verdict["reasons"]]
        result.text = "\n".join(_line(reason) for reason in reasons)
        case.result = [result]
    return case


def _properties(check: CheckJson) -> list[tuple[str, object]]:
    single = [(name, check[name]) for name in ("outcome", "cause", "service", "promise", "noted") if check.get(name)]
    gating = ("gating", "true" if check["gating"] else "false")
    return [*single, gating, *(("evidence", path) for path in check["evidence"])]


def _details(check: CheckJson) -> str:
    parts = {"expected": check["expected"], "found": check["found"], "reproduce": check["reproduce"]}
    return "\n".join(f"{name}: {value}" for name, value in parts.items() if value)


def _line(text: object, limit: int = 1000) -> str:
    return untrusted.one_line(text, limit)
