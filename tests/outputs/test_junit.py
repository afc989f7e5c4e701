"""`junit.xml`."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from junitparser import JUnitXml

from smoke.outputs import junit
from tests.outputs import verdicts


def cases(kind: str) -> dict[str, ET.Element]:
    """Return the test cases of one kind of verdict by name."""
    root = ET.fromstring(junit.render(verdicts.ALL[kind]()))
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def ending(case: ET.Element) -> str:
    """Return how a case ended."""
    return next((child.tag for child in case if child.tag in {"failure", "error", "skipped"}), "passed")


def test_one_suite_for_each_stage() -> None:
    """Stages are suites in their order, the verdict is the last one, and the counts add up."""
    document = JUnitXml.fromstring(junit.render(verdicts.failing()))
    assert [(suite.name, suite.tests, suite.failures, suite.errors) for suite in document] == [
        ("converge", 3, 0, 0),
        ("immediate", 12, 1, 0),
        ("functional", 7, 2, 0),
        ("integration", 4, 0, 1),
        ("confirm", 1, 0, 0),
        ("verdict", 1, 1, 0),
    ]
    assert (document.tests, document.failures, document.errors) == (28, 4, 1)


@pytest.mark.parametrize(
    ("check", "end"),
    [
        ("version/bff", "passed"),
        ("journey/invoices", "failure"),
        ("dependency/salesforce", "error"),
        ("verdict", "failure"),
    ],
)
def test_outcomes(check: str, end: str) -> None:
    """Failed is a failure and undecided an error."""
    assert ending(cases("fail")[check]) == end


@pytest.mark.parametrize(("kind", "end"), [("pass", "passed"), ("partial", "error"), ("interrupted", "error")])
def test_what_was_not_verified_is_not_green(kind: str, end: str) -> None:
    """Skipped cases alone would look like a success, so the verdict is a case of its own."""
    found = cases(kind)
    assert ending(found["verdict"]) == end
    assert ending(found["journey/login"]) == ("passed" if kind == "pass" else "skipped")


def test_a_case_says_everything() -> None:
    """A case carries its environment, its cause and its evidence."""
    case = cases("fail")["journey/invoices"]
    properties = [(one.attrib["name"], one.attrib["value"]) for one in case.iter("property")]
    failure = case.find("failure")
    assert failure is not None
    assert case.attrib["classname"] == "portal/prod"
    assert float(case.attrib["time"]) == 6.0
    assert {("cause", "release"), ("gating", "true"), ("service", "bff")} <= set(properties)
    assert [value for name, value in properties if name == "evidence"] == [
        "browser/journey-invoices.png",
        "browser/journey-invoices.zip",
    ]
    assert failure.attrib["type"] == "release"
    assert (failure.text or "").startswith('expected: at least 1 row in the table "Invoices"\nfound: 0 rows')


def test_suites_name_the_run() -> None:
    """Every suite tells which run, which release and which verdict it belongs to."""
    for suite in JUnitXml.fromstring(junit.render(verdicts.failing())):
        found = {one.name: one.value for one in suite.properties()}  # type: ignore[no-untyped-call]
        assert found == {
            "environment": "portal/prod",
            "run_id": "20261121T100200Z-1f3a9c",
            "verdict": "fail",
            "action": "rollback",
            "release": verdicts.COMMIT,
        }


def test_hostile_text_stays_text() -> None:
    """The document stays well-formed, holds no control character, and is bounded."""
    written = junit.render(verdicts.hostile())
    root = ET.fromstring(written)
    attacked = next(case for case in root.iter("testcase") if case.attrib["name"] == "page/home")
    failure = attacked.find("failure")
    assert failure is not None
    assert "</style></pre>]]><!-- **bold**" in (failure.text or "")
    assert root.find(".//script") is None
    assert not {"\x00", "\x1b", "\ufffe", "\u202e"} & set(written.decode())
    assert len(written) < 200_000


def test_is_written(tmp_path: Path) -> None:
    """The file holds what was rendered."""
    junit.write(tmp_path, verdicts.failing())
    assert (tmp_path / "junit.xml").read_bytes() == junit.render(verdicts.failing())
