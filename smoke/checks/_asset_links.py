"""Find the scripts and style sheets that a page, a script, a style sheet or a manifest refers to."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from smoke.http import origins

SCRIPT = "script"
STYLE = "style sheet"
MODULE = "module"

_SUFFIXES = {".js": SCRIPT, ".mjs": MODULE, ".css": STYLE}
_LINE_COMMENT = re.compile(r"^[ \t]*//[^\n]*$", re.MULTILINE)
_IMPORT = re.compile(
    r"""(?:\bimport\s*|\bfrom\s*|\bimport\s*\(\s*)(?P<quote>["'`])(?P<path>(?:\.{0,2}/)[^"'`\s$]{1,300})(?P=quote)"""
)
_CSS_IMPORT = re.compile(r"""@import\s+(?:url\(\s*)?["']?(?P<path>[^"')\s;]{1,300})""")
_PRELOADS = {"script": SCRIPT, "style": STYLE}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is needed: its absolute URL, what kind it must be, and the digest that the page demands."""

    url: str
    kind: str
    integrity: str = ""


def in_page(html: str, url: str) -> list[Asset]:
    """Return the assets that a page at *url* names."""
    from smoke.checks._html import parse  # the HTML parser takes time to load

    tree = parse(html)
    root = tree.css_first("base[href]")
    start = urljoin(url, (root.attributes.get("href") if root is not None else None) or "")
    found = []
    for node in tree.css("script[src], link[href]"):
        where, kind = _element(node.tag, node.attributes)
        if where and kind:
            found.append(Asset(_join(start, where), kind, node.attributes.get("integrity") or ""))
    return found


def in_script(code: str, url: str) -> list[Asset]:
    """Return the modules that a script imports, statically or dynamically, by a literal relative path."""
    paths = [match["path"] for match in _IMPORT.finditer(_LINE_COMMENT.sub("", _uncommented(code)))]
    return [Asset(_join(url, one), MODULE) for one in paths if _kind_of(one) in {SCRIPT, MODULE}]


def in_style(code: str, url: str) -> list[Asset]:
    """Return the style sheets that a style sheet imports."""
    return [
        Asset(_join(url, match["path"]), STYLE)
        for match in _CSS_IMPORT.finditer(_LINE_COMMENT.sub("", _uncommented(code)))
    ]


def in_manifest(text: str, url: str, root: str) -> list[Asset]:
    """
    Return the chunks of a build manifest: a JSON list or mapping, nested as bundlers like it.

    Keys are source names and are ignored. A path with a directory counts from the site's *root*, a bare file name
    from the manifest. Raises ValueError if the text is no JSON.
    """
    try:
        named = list(_strings(json.loads(text)))
    except RecursionError:
        raise ValueError("the manifest is nested too deeply") from None
    found = []
    for one in dict.fromkeys(named):
        kind = _kind_of(one)
        if kind is not None:
            near = one.startswith(("./", "../")) or "/" not in one
            found.append(Asset(_join(url if near else f"{root.rstrip('/')}/", one), SCRIPT if kind != STYLE else STYLE))
    return found


def same_origin(assets: Iterable[Asset], url: str) -> list[Asset]:
    """Return those assets that lie on the origin of *url*, each once."""
    return list({one.url: one for one in assets if origins.same_origin(one.url, url)}.values())


def _uncommented(code: str) -> str:
    """Drop block comments; in one pass, since hostile code may open a million of them."""
    kept, place = [], 0
    while (opened := code.find("/*", place)) >= 0:
        kept.append(code[place:opened])
        closed = code.find("*/", opened + 2)
        if closed < 0:
            return "".join(kept)
        place = closed + 2
    return "".join([*kept, code[place:]])


def _element(tag: str | None, attributes: Mapping[str, str | None]) -> tuple[str | None, str | None]:
    if tag == "script":
        return attributes.get("src"), MODULE if attributes.get("type") == "module" else SCRIPT
    relation = (attributes.get("rel") or "").lower().split()
    where = attributes.get("href")
    if "stylesheet" in relation:
        return where, None if "alternate" in relation else STYLE
    if "modulepreload" in relation:
        return where, MODULE
    return where, _PRELOADS.get(attributes.get("as") or "") if "preload" in relation else None


def _kind_of(path: str) -> str | None:
    plain = path.partition("?")[0].partition("#")[0].lower()
    return next((kind for suffix, kind in _SUFFIXES.items() if plain.endswith(suffix)), None)


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _join(start: str, where: str) -> str:
    try:
        return urljoin(start, where.strip()).partition("#")[0]
    except ValueError:
        return ""
