"""A verdict explained check by check, at 80 columns."""

import re
from typing import Any

import pytest

from smoke.outputs.ansi import Style, columns
from smoke.outputs.explanation import Background, explanation
from tests.outputs import verdicts

RUN = "reports/portal/prod/latest"
COMMANDS = ("  run ", "  evidence ", "  by hand ", "  repeat ")
KNOWN = {
    "read/invoices": Background({"a": [0, 8], "b": [8, 8], "c": [0, 8]}, before="passed"),
    "dependency/salesforce": Background(evidence="Trust reports an incident on AP15"),
}


def explained(verdict: dict[str, Any], known: dict[str, Background] | None = None) -> str:
    """Return the explanation of *verdict*."""
    return "\n".join(explanation(verdict, known or {}, RUN, Style(78)))


def block(text: str, check: str) -> dict[str, str]:
    """Return the fields of the block of one check."""
    (found,) = [one for one in text.split("\n\n") if check in one.splitlines()[0]]
    unfolded = re.sub(r"\n {13}", " ", found)
    return {line[:13].strip(): line[13:] for line in unfolded.splitlines()[1:]}


def test_a_failed_check() -> None:
    """A failed check says all that somebody needs who was woken up."""
    assert block(explained(verdicts.failing(), KNOWN), "read/invoices") == {
        "said": "items is empty, expected at least 1",
        "expected": "items: at least 1",
        "found": '{"items": [], "total": 0}',
        "looked": "2 rounds, 24 samples; wrong by replica: a 0 of 8, b 8 of 8, c 0 of 8",
        "before": "passed",
        "cause": "release: the release's own doing; no evidence speaks for another cause, and this network is "
        "sound: the control hosts were reached",
        "do": "roll back bff",
        "by hand": "curl -sS https://portal.example.jp/api/invoices",
        "repeat": 'pytest -m "prod and portal" -k read/invoices',
    }


def test_an_open_check() -> None:
    """An undecided check says on what evidence it is whose doing, and what would decide it."""
    fields = block(explained(verdicts.failing(), KNOWN), "dependency/salesforce")
    assert fields["said"] == "the token endpoint answers 503 to a direct call too"
    assert fields["cause"] == "dependency: a third party's doing; Trust reports an incident on AP15"
    assert fields["decides"] == "wait for the third party and verify again; a rollback would not help"


def test_what_the_check_says_would_decide_it() -> None:
    """What a check itself says of its decision goes before what is said of its cause."""
    told = verdicts.check("queue/exports", "integration", "undecided", cause="release", decider="look in an hour")
    checks = verdicts.replaced(verdicts.everything(), told)
    fields = block(explained(verdicts.verdict("inconclusive", checks)), "queue/exports")
    assert fields["decides"] == "look in an hour"
    assert fields["cause"] == "release: open; it may be the release's own doing"


def test_the_gravest_first() -> None:
    """What failed goes before what is open, what decides before what advises, and what passed is summed up."""
    heads = [line for line in explained(verdicts.failing()).splitlines() if re.match(r"[✗!?✓-]", line)]
    assert heads == [
        "✗ journey/invoices   failed (functional · bff)",
        "✗ read/invoices   failed (functional · bff)",
        "! page/home   failed (immediate · bff · advisory)",
        "? dependency/salesforce   undecided (integration · bff)",
        "✓ 23 passed",
    ]


def test_a_part() -> None:
    """A partial run says how much was left out, once, and which checks those were."""
    text = explained(verdicts.partial())
    assert "  missing    partial: 14 of 26 required checks were not selected" in text
    assert text.count("not selected on the command line") == 1
    assert "- 14 not made: not selected on the command line" in text
    assert "journey/login" in text


def test_an_incomplete_run() -> None:
    """A run that was interrupted says so, and what it did not get to."""
    text = explained(verdicts.interrupted())
    assert "  missing    not complete: required checks are missing" in text
    assert "- 23 not made: no result: the check was not finished" in text


def test_what_was_never_looked_at_is_one_entry() -> None:
    """Checks of which nothing was seen, all for one reason, are said once; somebody reads this at night."""
    cut = {"cause": "suite", "message": "the budget of 60 s ended before it was finished", "rounds": 0, "samples": 0}
    names = [f"latency/{one}" for one in ("home", "invoices", "orders")]
    checks = [*verdicts.everything(), *(verdicts.check(one, "monitoring", "undecided", **cut) for one in names)]
    text = explained(verdicts.verdict("inconclusive", checks))
    assert block(text, "3 undecided: the budget of 60 s ended before it was finished") == {
        "checks": "latency/home, latency/invoices, latency/orders",
        "cause": "suite: the verification did not get to its end",
        "decides": "run the whole verification again",
    }
    assert "latency/home   undecided" not in text


def test_nothing_is_noted_twice() -> None:
    """What stands beside its check does not stand among the notes again."""
    checks = [*verdicts.everything(), verdicts.check("assets/web", "immediate", noted="style.css: timeout, once")]
    text = explained(verdicts.verdict("pass", checks, warnings=["assets/web: style.css: timeout, once", "look here"]))
    assert text.count("style.css: timeout, once") == 1
    assert "note       look here" in text


def test_two_releases_at_once() -> None:
    """What was seen live is counted where replicas differ."""
    assert "bff 9f1c2ab in 16 of 24 answers, 4e77d01 in 8 of 24 answers" in explained(verdicts.failing())


@pytest.mark.parametrize("kind", [*verdicts.ALL, "hostile"])
def test_eighty_columns(kind: str) -> None:
    """No line but a command or a path is wider than the terminal."""
    verdict = verdicts.hostile() if kind == "hostile" else verdicts.ALL[kind]()
    for line in explained(verdict, KNOWN).splitlines():
        assert columns(line) <= 78 or line.startswith(COMMANDS), line


def test_hostile_text_stays_text() -> None:
    """Nothing that a target says moves the cursor, or commands the build log."""
    known = {"page/home": Background({verdicts.HOSTILE: [1, 1]}, verdicts.HOSTILE, verdicts.HOSTILE)}
    shown = explained(verdicts.hostile(), known)
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", shown) is None
    assert re.search(r"^\s*::", shown, re.MULTILINE) is None
    assert "##[" not in shown
    assert len(shown) < 20_000


def test_a_poor_encoding() -> None:
    """Where the encoding has no marks, plain characters stand for them."""
    lines = explanation(verdicts.failing(), {}, RUN, Style(78, encoding="ascii"))
    assert "x journey/invoices   failed (functional | bff)" in lines
