"""
A message as Slack shows it (Block Kit), within Slack's limits: pure.

Every text may hold words that a target or a committer chose. `&`, `<` and `>` are escaped everywhere, so none of them
can call anybody or disguise a link; what is not ours stands in plain text or in code, where no other markup counts.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from smoke.alerts.message import Message
from smoke.outputs.untrusted import block, one_line
from smoke.verdict.words import Severity

HEADER, TEXT, FIELD, FIELDS = 150, 2900, 300, 10
"""Slack's limits are 150 characters of a header, 3000 of a text, 2000 of a field, and 10 fields of a section."""

GOOD = {"pass", "rolled back", "resolved"}
"""News that end something well."""

SIGNS = {Severity.INFO: "\N{BLACK RIGHT-POINTING TRIANGLE}", Severity.WARNING: "\N{WARNING SIGN}"}
GRAVE = {Severity.ERROR: "\N{CROSS MARK}", Severity.CRITICAL: "\N{POLICE CARS REVOLVING LIGHT}"}
DONE = "\N{WHITE HEAVY CHECK MARK}"

Block = dict[str, Any]


def payload(message: Message, mention: str | None = None) -> dict[str, Any]:
    """Return the text and the blocks of *message*; *mention* is called if it is critical."""
    grave = message.severity is Severity.CRITICAL and message.news not in GOOD
    called = _mention(mention) if mention and grave else ""
    return {
        "text": f"{called} {headline(message)}".strip(),
        "blocks": list(_blocks(message, called)),
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def headline(message: Message) -> str:
    """Return the one line that notifications show."""
    return f"{_sign(message)} {escape(one_line(message.title))}"


def escape(text: str) -> str:
    """Escape what Slack takes for a link, a mention or an entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(message: Message, called: str) -> Iterator[Block]:
    yield {"type": "header", "text": _plain(f"{_sign(message)} {one_line(message.title)}", HEADER)}
    if called:
        yield {"type": "section", "text": {"type": "mrkdwn", "text": called}}
    if message.text.strip():
        yield {"type": "section", "text": _plain(block(message.text), TEXT)}
    long = {name: value for name, value in message.facts.items() if "\n" in value or len(value) > FIELD}
    fields = [_field(name, value) for name, value in message.facts.items() if name not in long and value]
    if fields:
        yield {"type": "section", "fields": fields[:FIELDS]}
    for name, value in long.items():
        yield {"type": "section", "text": {"type": "mrkdwn", "text": f"*{_label(name)}*\n```{_code(value, TEXT)}```"}}
    links = list(filter(None, (_link(label, url) for label, url in message.links.items())))
    if links:
        yield {"type": "context", "elements": [{"type": "mrkdwn", "text": " · ".join(links)}]}


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": _fitting(text, limit), "emoji": False}


def _field(name: str, value: str) -> Block:
    return {"type": "mrkdwn", "text": f"*{_label(name)}*\n`{_code(one_line(value), FIELD)}`"}


def _label(name: str) -> str:
    return escape(one_line(name.replace("_", " "), 40)).capitalize()


def _code(value: str, limit: int) -> str:
    return _fitting(block(value).replace("`", "'"), limit)


def _fitting(text: str, limit: int) -> str:
    """Return *text* escaped, cut before escaping so that no entity is torn."""
    escaped = escape(text)
    while len(escaped) > limit:
        text = text[: len(text) - max(1, (len(escaped) - limit) // 5) - 1]
        escaped = escape(text.rstrip()) + "…"
    return escaped


def _link(label: str, url: str) -> str | None:
    """Return a link, or nothing for what is no web address: another scheme could run something."""
    try:
        good = urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)
    except ValueError:
        good = False
    if not good:
        return None
    address = quote(one_line(url, 1000), safe=":/?#[]@!$&'()*+,;=%~-._")
    return f"<{escape(address)}|{escape(one_line(label, 80)).replace('|', '/')}>"


def _mention(who: str) -> str:
    if who in {"here", "channel"}:
        return f"<!{who}>"
    return f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>"


def _sign(message: Message) -> str:
    return DONE if message.news in GOOD else (SIGNS | GRAVE)[message.severity]
