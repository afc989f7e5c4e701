"""Pages that anybody may see, and what on them stays the same: pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from smoke.checks._asset_links import in_page, same_origin
from smoke.discovery.paths import LOGIN, leads_to_login
from smoke.discovery.reads import slug
from smoke.discovery.site import HTML_TYPES, Site, is_page, likeness, links
from smoke.http import Exchange

MOST = 5
MOST_TEXTS = 2
_LENGTHS = range(3, 81)
_ROOTS = ('<div id="root"', '<div id="app"', '<div id="__next"', '<div id="__nuxt"', "<app-root")
"""Where applications that run in the browser put themselves."""

_SEPARATORS = re.compile("\\s+[|\u00b7\u2022\u2013\u2014-]\\s+")


@dataclass(frozen=True, slots=True)
class PageFound:
    """A page with texts that were on it every time; *heading* is its first heading, if it always was the same."""

    name: str
    path: str
    texts: tuple[str, ...]
    heading: str
    has_assets: bool
    hosts: tuple[str, ...] = ()


def found_pages(site: Site) -> list[PageFound]:
    """Return the home page, the login page and pages that the home page links to, each unlike all others."""
    home = site.first("/")
    if home is None:
        return []
    linked = links(home, site.url) if is_page(home) else []
    wanted = dict.fromkeys(["/", urlsplit(home.final_url).path or "/", *linked, *LOGIN])
    pages: list[PageFound] = []
    seen: set[object] = set()
    for path in wanted:
        answer = site.own(path)
        if answer is None or likeness(answer)[:-1] in seen:
            continue
        page = _page(site, path)
        if page is not None:
            seen.add(likeness(answer)[:-1])
            pages.append(page)
    signs_in = [one for one in pages if leads_to_login(one.path)][:1]
    others = [one for one in pages if not leads_to_login(one.path)]
    return [*others[: MOST - len(signs_in)], *signs_in]


def _page(site: Site, path: str) -> PageFound | None:
    from smoke.checks._html import error_phrase, shown  # the HTML parser takes time to load

    answers = site.all_of(path)
    if len(answers) < 2 or not all(map(is_page, answers)) or _led_away(answers):  # noqa: PLR2004 - to compare
        return None
    bodies = [one.text() for one in answers]
    if any(map(error_phrase, bodies)):
        return None
    views = [shown(one) for one in bodies]
    texts = [
        one
        for one in _candidates(bodies[0])
        if all(one in body or one in view.text for body, view in zip(bodies, views, strict=True))
    ]
    if not texts:
        return None
    strange = " ".join(one.text() for one in site.strangers if one.content_type in HTML_TYPES)
    telling = sorted(dict.fromkeys(texts), key=lambda one: one in strange)
    chosen = [one for at, one in enumerate(telling) if not any(one in other for other in telling[:at])][:MOST_TEXTS]
    heading = views[0].heading if len({one.heading for one in views}) == 1 else ""
    own = same_origin(in_page(bodies[0], answers[0].final_url or answers[0].request.url), site.url)
    return PageFound(_name(path), path, tuple(chosen), heading, bool(own), _hosts(answers[0], site.url))


def _led_away(answers: Sequence[Exchange]) -> bool:
    return any(one.redirects and leads_to_login(urlsplit(one.final_url).path) for one in answers)


def _candidates(html: str) -> Iterator[str]:
    """Yield what a page may be known by, the most telling first."""
    from smoke.checks._html import parse, shown  # the HTML parser takes time to load

    page = shown(html)
    second = [" ".join(node.text(separator=" ").split()) for node in parse(html).css("h2")[:3]]
    for text in (page.heading, page.title, *_SEPARATORS.split(page.title), *second):
        if len(text) in _LENGTHS and not any(one.isdigit() for one in text) and text.isprintable():
            yield text
    yield from (one for one in _ROOTS if one in html)


def _hosts(answer: Exchange, base: str) -> tuple[str, ...]:
    """Return the other hosts that a page names scripts and style sheets of."""
    found = in_page(answer.text(), answer.final_url or answer.request.url)
    hosts = [urlsplit(one.url).hostname for one in found if one.url.startswith("http")]
    return tuple(sorted({one for one in hosts if one and one != urlsplit(base).hostname}))


def _name(path: str) -> str:
    return "sign-in" if leads_to_login(path) else slug(path)
