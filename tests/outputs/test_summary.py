"""`summary.md`."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from smoke.outputs import summary
from smoke.outputs.answer import VerdictJson
from tests.outputs import verdicts


def rendered(verdict: VerdictJson) -> LexborHTMLParser:
    """Return the summary as GitHub would show it."""
    markdown = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    return LexborHTMLParser(markdown.render(summary.render(verdict)))


def rows(page: LexborHTMLParser) -> list[list[str]]:
    """Return the cells of all table rows."""
    return [[cell.text() for cell in row.css("td")] for row in page.css("tbody tr")]


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("pass", "✅ PASS: promote"),
        ("fail", "❌ FAIL: roll back bff"),
        ("partial", "⚠️ INCONCLUSIVE: hold"),
        ("interrupted", "⚠️ INCONCLUSIVE: hold"),
        ("runner", "⚠️ INCONCLUSIVE: hold"),
    ],
)
def test_opens_with_the_verdict(kind: str, heading: str) -> None:
    """The heading is the answer, and one paragraph says why."""
    page = rendered(verdicts.ALL[kind]())
    first = page.css("h2, p")
    assert first[0].text() == heading
    assert first[1].text() == verdicts.ALL[kind]()["summary"]


def test_lists_what_did_not_pass_first() -> None:
    """The first table holds the problems alone, the gravest on top; the second holds every check."""
    page = rendered(verdicts.failing())
    problems, everything = (len(table.css("tbody tr")) for table in page.css("table"))
    assert (problems, everything) == (4, 27)
    assert [row[1] for row in rows(page)[:4]] == [
        "journey/invoices",
        "read/invoices",
        "page/home (advisory)",
        "dependency/salesforce",
    ]
    assert page.css_first("details table") is not None


def test_says_what_to_do_and_how_to_look_again() -> None:
    """Each cause has its next step, and the command can be copied."""
    page = rendered(verdicts.failing())
    first, second, *_ = (item.text() for item in page.css("li"))
    assert first == "release: journey/invoices and read/invoices. What to do: roll back bff to 4e77d01."
    assert second.startswith("dependency: dependency/salesforce. What to do: wait for the third party")
    command = page.css_first("pre code")
    assert command is not None
    assert command.text().startswith('pytest -m "prod and portal" -k ')


def test_a_pass_lists_no_problem() -> None:
    """On a pass there is nothing to repeat and one table."""
    page = rendered(verdicts.passing())
    assert len(page.css("table")) == 1
    assert page.css_first("pre") is None


def test_an_incomplete_run_says_so() -> None:
    """Required checks that are missing cannot be overlooked."""
    assert "**not complete: required checks are missing" in summary.render(verdicts.interrupted())


def test_hostile_text_stays_text() -> None:
    """Nothing that a target says becomes markup, a link, an address or a notification."""
    text = summary.render(verdicts.hostile())
    page = rendered(verdicts.hostile())
    assert page.css("script, img, a, style, em, td strong, td code, li code") == []
    assert {len(row) for row in rows(page)} == {6}
    assert (
        "**bold** [a](javascript:alert(1)) | @\u200boctocat #\u200b1 https://evil.example/ :tada: $x$ `code`"
        in rows(page)[0][3]
    )
    assert re.search(r"(?<!\\):tada:|(?<!\\)://|@octocat|#1\b", text) is None
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_is_cut_below_the_limit() -> None:
    """However much there is, GitHub shows it; what is missing is said, and the page stays whole."""
    checks = [
        verdicts.check(f"page/{number}", "immediate", "undecided", message="後" * 400, expected="&" * 400)
        for number in range(2000)
    ]
    text = summary.render(verdicts.verdict("inconclusive", checks))
    assert len(text.encode()) <= summary.MOST_BYTES
    assert "The rest is in report.html." in text
    assert text.count("<details>") == text.count("</details>")


def test_is_written(tmp_path: Path) -> None:
    """The file holds what was rendered."""
    summary.write(tmp_path, verdicts.failing())
    assert (tmp_path / "summary.md").read_text(encoding="utf-8") == summary.render(verdicts.failing())


def test_a_run_that_stopped_early_says_why() -> None:
    """Where the suite chose to stop, nothing is missing that could have changed the verdict."""
    skipped = verdicts.check(
        "journey/x", "functional", "skipped", message="not looked at: the release is condemned already"
    )
    said = summary.render(verdicts.verdict("fail", [skipped], complete=False))
    assert "**stopped early: the release was condemned already**" in said
