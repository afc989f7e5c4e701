"""Tests of the report, the tables and the page."""

import json
from dataclasses import replace
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from benchmarks.accuracy import page, report, tables
from benchmarks.accuracy.cases import case_of
from benchmarks.accuracy.judged import judged
from benchmarks.accuracy.one_case import US
from benchmarks.accuracy.scoring import NONE
from smoke.verdict.words import Word
from tests.benchmarks.accuracy.made import ABOUT, given

CURL = "curl 5 x 5 s"
VERDICTS = [
    given(Word.FAIL, "fail"),
    given(Word.FAIL, "pass", policy=CURL, seconds=0.1),
    given(Word.PASS, "fail", id="N04", faults=("N04",), group="N", message="<b>boo</b>", checks=("health/bff",)),
    given(Word.PASS, "pass", id="N04", faults=("N04",), group="N", policy=CURL, seconds=0.3),
    given(Word.FAIL, "pass", id="S09", faults=("S09",), group="S", counted=False),
]


def test_every_verdict_is_in_the_report(tmp_path: Path) -> None:
    """With what was deserved, who judged, what they said, and whether that was right."""
    path = tmp_path / "reports" / "accuracy.json"
    report.write(path, report.content(VERDICTS, ABOUT, {"A01#1": {"cpu_s": 20.0}, "N04#1": {"cpu_s": 22.0}}))
    found = json.loads(path.read_text())
    assert len(found["rows"]) == len(VERDICTS)
    assert found["rows"][0] == {
        "id": "A01",
        "faults": ["A01"],
        "seed": 1,
        "group": "A",
        "truth": "fail",
        "also_ok": [],
        "policy": US,
        "verdict": "fail",
        "cause": None,
        "seconds": 10.0,
        "message": "why",
        "checks": [],
        "counted": True,
        "marks": ["right"],
    }
    assert found["summary"][US]["all"]["right"]["of"] == 2
    assert found["summary"][CURL]["classes"]["A"]["missed"]["share"] == 1
    assert found["cpu_s_per_case"] == 21
    assert found["cases"] == {"planned": 12, "finished": 2, "broken": []}
    assert list(path.parent.iterdir()) == [path]


def test_a_hung_case_is_our_missing_verdict() -> None:
    """A case that did not come to an end counts against us, and says nothing of the others."""
    finished = {"A01#1": {"hung": True, "broken": "it took more than 240 s", "seconds": 240.0}}
    (only,) = judged([case_of("A01", 1), case_of("A01", 2)], finished)
    assert (only.policy, only.verdict, only.seconds, only.truth) == (US, NONE, 240.0, Word.FAIL)


def test_tables_show_classes_and_judges() -> None:
    """We come first; house rules are left out."""
    assert [row[0] for row in tables.by_judge(VERDICTS)] == ["who judges", US, CURL]
    classes = list(tables.by_class(VERDICTS))
    assert [row[:2] for row in classes[1:]] == [
        ("A. What is really live: version, roll-out", "1"),
        ("S. Authentication, security, integrations, contract", "0"),
        ("N. Noise around a good deploy", "1"),
        ("All", "2"),
    ]


def test_the_readme_says_what_was_run() -> None:
    """Date, seeds, commit and the number of deploys stand above the table."""
    said, judges = tables.for_the_readme(VERDICTS, ABOUT)
    assert "earlier commits" not in said
    assert "earlier commits" in tables.for_the_readme(VERDICTS, replace(ABOUT, mixed=True))[0]
    assert "3 deploys in all (2026-11-25, seeds 1 to 2, commit 1a2b3c4)" in said
    assert judges.startswith("| who judges |")


def test_the_page_stands_alone_and_names_mistakes(tmp_path: Path) -> None:
    """Nothing is loaded from elsewhere; what a verdict said is text, not markup; each truth has its row."""
    path = tmp_path / "accuracy.html"
    page.write(path, VERDICTS, replace(ABOUT, broken=("B01#2",)))
    text = path.read_text()
    tree = LexborHTMLParser(text)
    assert not tree.css("script, link, img, [src], [href]")
    assert "@media (prefers-color-scheme: dark)" in text
    (row,) = tree.css(".mistakes tbody tr")[:1]
    assert "N04" in row.text()
    assert "<b>boo</b>" in row.text()
    assert "health/bff" in row.text()
    assert [cell.text() for cell in tree.css(".confusion td.wrong")] == ["1"]
    assert len(tree.css("svg circle")) == 4
    assert "B01#2" in text
    assert "S09" in tree.css("p.soft")[2].text()


def test_a_page_of_nothing_is_a_page(tmp_path: Path) -> None:
    """A run that was interrupted at once has one too."""
    page.write(tmp_path / "accuracy.html", [], ABOUT)
    assert "None." in (tmp_path / "accuracy.html").read_text()


def test_twins_stand_together_with_what_was_said() -> None:
    """Both rows of a pair, how often each verdict was given, and the sentence of the first seed."""
    looked = [
        given(Word.FAIL, "fail", id="D02", faults=("D02",), group="D", seed=2, message="later"),
        given(Word.FAIL, "fail", id="D02", faults=("D02",), group="D", message="roll back bff"),
        given(Word.PASS, "inconclusive", id="N13", faults=("N13",), group="N", message="it failed before"),
    ]
    _, *rows = tables.twins(looked)
    assert [(pair, verdicts, said) for pair, _, verdicts, said in rows] == [
        ("D02 / N13", "2 x fail", "roll back bff"),
        ("D02 / N13", "1 x inconclusive", "it failed before"),
    ]
    assert rows[0][1].startswith("D02: The code is ahead of the schema")
