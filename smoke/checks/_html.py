"""Read HTML as served: the only module here that parses it."""

from selectolax.lexbor import LexborHTMLParser

ERROR_PHRASES = (
    "application error",
    "something went wrong",
    "internal server error",
    "service unavailable",
    "bad gateway",
    "gateway time-out",
    "gateway timeout",
    "we'll be back soon",
    "we will be back soon",
    "be right back",
    "down for maintenance",
    "under maintenance",
    "scheduled maintenance",
    "temporarily unavailable",
    "no healthy upstream",
    "application failed to respond",
    "an error occurred",
    "an unexpected error",
    "a client-side exception has occurred",
    "this page could not be found",
    "404 not found",
    "page not found",
    "cannot get /",
    "welcome to nginx",
    "default backend",
)
"""What pages say instead of their content, in lower case with straight apostrophes."""

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
    said = f"{title(html)} {visible_text(html)}".lower().replace("\u2019", "'")
    return next((one for one in ERROR_PHRASES if one in said), None)
