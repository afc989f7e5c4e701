"""
Whether a page's own content security policy lets its own scripts and style sheets load; pure.

Content Security Policy Level 3 (https://www.w3.org/TR/CSP3/), sections 6.6 and 6.7, as far as files of the page's own
origin go. Whatever might allow a file counts as allowing it: only what no browser would load is called forbidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from smoke.checks._answers import clip, split
from smoke.checks._asset_links import MODULE, SCRIPT, STYLE, in_page, same_origin
from smoke.http import Exchange

HEADER = "content-security-policy"
FALLBACKS = {
    SCRIPT: ("script-src-elem", "script-src", "default-src"),
    STYLE: ("style-src-elem", "style-src", "default-src"),
}
"""The directives that decide about a kind of file, the first that is there."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: each directive with its sources, in lower case but for nonces and hashes."""

    directives: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, text: str) -> "Policy":
        """Read a policy; of a directive that comes twice the first counts."""
        found: dict[str, tuple[str, ...]] = {}
        for part in text.split(";"):
            name, *sources = part.split() or [""]
            found.setdefault(name.lower(), tuple(sources))
        return cls(found)

    def sources(self, kind: str) -> tuple[str, ...] | None:
        """Return the sources that files of *kind* may come from; None if anything goes."""
        return next((self.directives[name] for name in FALLBACKS[kind] if name in self.directives), None)


def forbidden(exchange: Exchange) -> str | None:
    """Return the first script or style sheet of the page's origin that its policy forbids, in words; None if none."""
    policies = [Policy.of(one) for one in policies_of(exchange)]
    page = exchange.final_url or exchange.request.url
    for asset in same_origin(in_page(exchange.text(), page), page) if policies else ():
        kind = SCRIPT if asset.kind == MODULE else asset.kind
        if any(_forbids(one.sources(kind), asset.url) for one in policies):
            return f"the content security policy forbids the page's own {kind} {clip(split(asset.url).path)}"
    return None


def policies_of(exchange: Exchange) -> tuple[str, ...]:
    """Return the policies of an answer; a file has to satisfy them all."""
    values = (value for name, value in exchange.header_list if name == HEADER)
    return tuple(one.strip() for value in values for one in value.split(",") if one.strip())


def _forbids(sources: Sequence[str] | None, url: str) -> bool:
    return sources is not None and not any(_allows(one, url) for one in sources)


def _allows(source: str, url: str) -> bool:
    """Tell whether *source* may allow *url* of the page's own origin; a nonce or a hash may allow anything."""
    word = source.lower()
    if word.startswith(("'nonce-", "'sha")) or word in {"*", "'self'", "'strict-dynamic'"}:
        return True
    if word.startswith("'"):
        return False
    asked = split(url)
    if word.endswith(":"):
        return bool(word in {f"{asked.scheme}:", "http:"})
    named = split(word if "//" in word else f"//{word}")
    return fnmatchcase(asked.hostname or "", named.hostname or "")
