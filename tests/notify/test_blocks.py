"""What Slack shows, and what no text may do there."""

import json
import re
from typing import Any

import pytest

from smoke.notify import blocks
from smoke.verdict.words import Severity
from tests.history.made import message
from tests.outputs.verdicts import HOSTILE

LIMITS = {"plain_text": 3000, "mrkdwn": 3000}


def texts(content: dict[str, Any]) -> list[str]:
    """Return every text of a payload."""
    found = [content["text"]]
    for block in content["blocks"]:
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        found += [one["text"] for one in parts if one]
    return found


def test_the_layout() -> None:
    """Title, text, short facts side by side, long ones below in full, links last."""
    told = blocks.payload(
        message(
            title="portal/prod is failing",
            text="page/home: HTTP 500",
            facts={"since": "10:15 UTC", "roll_back": "9f1c2ab", "changelog": "a\nb", "empty": ""},
            links={"report": "https://ci.example/report.html"},
        )
    )
    assert [one["type"] for one in told["blocks"]] == ["header", "section", "section", "section", "context"]
    assert [one["text"] for one in told["blocks"][2]["fields"]] == ["*Since*\n`10:15 UTC`", "*Roll back*\n`9f1c2ab`"]
    assert told["blocks"][3]["text"]["text"] == "*Changelog*\n```a\nb```"
    assert told["blocks"][4]["elements"][0]["text"] == "<https://ci.example/report.html|report>"


@pytest.mark.parametrize("attack", [HOSTILE, "<!channel> <@U0123ABCD> <https://evil.example|report> &lt;!here&gt; ```"])
def test_no_text_calls_or_leads_anybody(attack: str) -> None:
    """Whatever a committer or a target wrote: no mention, no link, no code that ends early, no control character."""
    told = blocks.payload(
        message(title=attack, text=attack, facts={attack: attack, "changelog": attack * 30}, links={attack: attack}),
        "here",
    )
    for text in texts(told):
        assert not re.search(r"<[!@#h]", text)
        assert text.count("`") in {0, 2, 6} or not text.startswith("*")  # else it is plain text
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ud800-\udfff]", text)
        assert "&lt;!here&gt;" not in text  # else it would be shown as the mention that it is not


@pytest.mark.parametrize("flood", ["x" * 9000, "<&>" * 4000, "line\n" * 3000, "後" * 9000])
def test_slacks_limits(flood: str) -> None:
    """However much there is to tell, Slack takes it, and no entity is torn."""
    facts = {f"fact {number}": flood for number in range(3)} | {f"short {number}": "x" for number in range(20)}
    told = blocks.payload(
        message(title=flood, text=flood, facts=facts, links={"report": f"https://ci.example/{flood}"})
    )
    assert len(told["blocks"]) <= 50
    assert len(told["blocks"][0]["text"]["text"]) <= 150
    for block in told["blocks"][1:]:
        assert 0 < len(block.get("text", {"text": "x"})["text"]) <= 3000
        assert len(block.get("fields", [])) <= 10
        assert all(0 < len(one["text"]) <= 2000 for one in block.get("fields", []))
    for text in texts(told):
        assert not re.search(r"&(?!amp;|lt;|gt;)", text)
    json.dumps(told)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://", "http://[", "data:text/html,x", "", "https://a.example/|x> <!here", "x" * 10],
)
def test_links(url: str) -> None:
    """Only a web address becomes a link, and none breaks out of it."""
    told = blocks.payload(message(links={"report": url}))
    shown = [one for one in told["blocks"] if one["type"] == "context"]
    if url.startswith("https://a"):
        assert shown[0]["elements"][0]["text"] == "<https://a.example/%7Cx%3E%20%3C!here|report>"
    else:
        assert shown == []


@pytest.mark.parametrize(
    ("who", "called"),
    [
        ("here", "<!here>"),
        ("channel", "<!channel>"),
        ("U0123ABCD", "<@U0123ABCD>"),
        ("S0123ABCD", "<!subteam^S0123ABCD>"),
    ],
)
def test_mentions(who: str, called: str) -> None:
    """Who is named in the environment file is called by what is critical, and by nothing else."""
    for severity in Severity:
        told = blocks.payload(message(severity=severity), who)
        assert told["text"].startswith(called) is (severity is Severity.CRITICAL)
        assert (called in json.dumps(told["blocks"])) is (severity is Severity.CRITICAL)
