"""Read HTML as served: the only module here that parses it."""

from selectolax.lexbor import LexborHTMLParser

ERROR_PHRASES = (
    "application error",
    "something went wrong",
    "internal server error",
    "bad gateway",
    "gateway time-out",
    "gateway timeout",
    "we'll be back soon",
    "we will be back soon",
    "a client-side exception has occurred",
    "no healthy upstream",
    "application failed to respond",
)
"""What only broken pages say, wherever a person can see it; lower case with straight apostrophes."""

SHORT_PAGE_PHRASES = (
    "an error occurred",
    "an unexpected error",
    "service unavailable",
    "temporarily unavailable",
    "be right back",
    "under maintenance",
    "down for maintenance",
    "scheduled maintenance",
    "maintenance mode",
    "page could not be found",
    "not found",
    "cannot get /",
    "welcome to nginx",
    "default backend",
)
"""What a whole page may say, for instance in a notice; it counts in a title, a first heading or a page of few words."""

_FEW_WORDS = 300
_UNSEEN = ["script", "style", "noscript", "template", "svg", "head"]


def meta(html: str, name: str) -> str | None:
    """Return the content of the first `<meta name=…>` of that name."""
    for node in LexborHTMLParser(html).css("meta"):
        if (node.attributes.get("name") or "").lower() == name.lower():
            return node.attributes.get("content")
    return None


def title(html: str) -> str:
    """Return the page's title, blanks collapsed."""
    node = LexborHTMLParser(html).css_first("title")
    return " ".join(node.text().split()) if node is not None else ""


def visible_text(html: str) -> str:
    """Return the text that a person could see without scripts, blanks collapsed."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(_UNSEEN)
    for node in tree.css("[hidden]"):
        node.decompose()
    body = tree.body
    return " ".join(body.text(separator=" ").split()) if body is not None else ""


def error_phrase(html: str) -> str | None:
    """Return the phrase with which a page admits that it is an error or a maintenance page, or None."""
    text = _plain(visible_text(html))
    everywhere = f"{_plain(title(html))} {text}"
    phrase = next((one for one in ERROR_PHRASES if one in everywhere), None)
    if phrase is not None:
        return phrase
    prominent = everywhere if len(text) <= _FEW_WORDS else _plain(f"{title(html)} {_first_heading(html)}")
    return next((one for one in SHORT_PAGE_PHRASES if one in prominent), None)


def _first_heading(html: str) -> str:
    node = LexborHTMLParser(html).css_first("h1")
    return " ".join(node.text(separator=" ").split()) if node is not None else ""


def _plain(text: str) -> str:
    return text.lower().replace("\u2019", "'")
