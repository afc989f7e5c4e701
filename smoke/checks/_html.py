"""Read HTML as served: the only module here that parses it, and never more of it than is healthy."""

from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from smoke.error_phrases import error_page, is_announcement

_UNSEEN = ["script", "style", "noscript", "template", "svg", "head"]

MOST_TAGS = 10_000
"""Tags that are parsed: parsers take time with the square of the nesting, and a hostile page nests without end."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows without scripts, blanks collapsed; *metas* holds the first meta element of each name."""

    title: str
    heading: str
    text: str
    metas: dict[str, str]


def parse(html: str) -> LexborHTMLParser:
    """Parse the page up to `MOST_TAGS` tags."""
    end = -1
    for _ in range(MOST_TAGS):
        end = html.find("<", end + 1)
        if end < 0:
            return LexborHTMLParser(html)
    return LexborHTMLParser(html[:end])


@lru_cache(maxsize=8)
def shown(html: str) -> Shown:
    """Return what a page shows; a dozen samples of one page are read once."""
    tree = parse(html)
    metas: dict[str, str] = {}
    for node in tree.css("meta[name][content]"):
        metas.setdefault((node.attributes["name"] or "").lower(), node.attributes["content"] or "")
    title, heading = _words(tree.css_first("title")), _words(tree.css_first("h1"))
    tree.strip_tags(_UNSEEN)
    for node in tree.css("[hidden]"):
        node.decompose()
    return Shown(title, heading, _words(tree.body), metas)


def meta(html: str, name: str) -> str | None:
    """Return the content of the first `<meta name=…>` of that name."""
    return shown(html).metas.get(name.lower())


def visible_text(html: str) -> str:
    """Return the text that a person could see without scripts."""
    return shown(html).text


def error_phrase(html: str) -> str | None:
    """Return the phrase with which a page admits that it is an error or a maintenance page, or None."""
    page = shown(html)
    return error_page(page.text, f"{page.title} {page.heading}")


def announced(html: str, phrase: str) -> bool:
    """Tell whether *phrase*, on a page that is complete, may announce a maintenance to come."""
    page = shown(html)
    return is_announcement(phrase, f"{page.title} {page.heading}")


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text(separator=" ").split()) if node is not None else ""
