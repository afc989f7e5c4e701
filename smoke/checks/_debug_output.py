"""
Recognise what only developers should see in an answer, by its structure: pure.

Stack traces of the usual languages, the debug pages of the usual frameworks, listings of directories, dumps of the
environment. A plain error page, whatever it says, is none of them.
"""

import re
from functools import lru_cache

from smoke.http import Exchange

LOOKED_AT = 200_000
"""Characters of a body that are looked at: debug pages are large, and say what they are early."""

# Every repetition is bounded: who answers may be hostile, and a pattern must not take longer than the body is long.
_SIGNS = {
    "a debug page of Django": r"because you have <code>DEBUG\s{0,9}=\s{0,9}True</code>|Using the URLconf defined in",
    "the debugger of Werkzeug": r"__debugger__=yes|// Werkzeug Debugger</title>|\bCONSOLE_MODE = (?:true|false)",
    "a debug page of Rails": r"<title>Action Controller: Exception caught</title>|<code>Rails\.root:",
    "a debug page of Laravel": r"\bwindow\.ignite\b|<title>[^<]{0,200}(?:Whoops!|Ignition)|\bIlluminate\\\w",
    "a debug page of Symfony": r"Symfony Exception</title>|\bSymfony\\Component\\|/_profiler/[0-9a-f]{6}",
    "a debug page of ASP.NET": r'id="stackpage"|\[HttpException|<b>\s{0,9}Stack Trace:\s{0,9}</b>',
    "the page of phpinfo": r'<title>(?:PHP [\d.]{1,12} - )?phpinfo\(\)</title>|<h1 class="p">PHP Version',
    "a Python stack trace": r"Traceback \(most recent call last\):",
    "a Java stack trace": r"\bat [\w$.<>/]{1,300}\([\w$]{1,120}\.(?:java|kt|scala|groovy):\d{1,6}\)",
    "a JavaScript stack trace": r"\bat (?:[\w$.<>\[\] ]{1,80} \()?(?:file://|node:|webpack-internal:|/|[A-Z]:\\)"
    r"[^\s()]{1,200}:\d{1,6}:\d{1,6}",
    "a PHP stack trace": r"(?:Stack trace|<b>(?:Fatal error|Warning|Notice)</b>):"
    r"[\s\S]{0,400}?\.php(?:\(|:|</b> on line)",
    "a .NET stack trace": r"\bat [\w.`<>]{1,200}\([^)]{0,300}\) in [^\s<]{1,300}\.(?:cs|vb|fs):line \d",
    "a Ruby stack trace": r"\w\.rb:\d{1,6}:in [`'\"]",
    "a Go stack trace": r"\bgoroutine \d{1,9} \[[\w ]{1,40}\]:",
    "a listing of a directory": r"<title>(?:Index of /|Directory listing for /)|\[To Parent Directory\]",
}
_PATTERNS = {said: re.compile(pattern) for said, pattern in _SIGNS.items()}

_ASSIGNMENT = re.compile(r"^[ \t]{0,20}(?:export[ \t]{1,9})?[A-Z][A-Z0-9_]{2,60}[ \t]{0,9}=", re.MULTILINE)
_SECRET = re.compile(
    r"\b([A-Z0-9_]{0,40}(?:SECRET|PASSWORD|PRIVATE_KEY|API_KEY|ACCESS_KEY|TOKEN|DATABASE_URL|DSN)[A-Z0-9_]{0,20})"
    r"(?:\"\s{0,9}:\s{0,9}\"|</t[dh]>\s{0,9}<td[^>]{0,80}>|\s{0,9}=>?\s{0,9}[\"']?)[^\s\"'<>]{6}"
)
_FOR_BROWSERS = re.compile(r"(?:NEXT_|NUXT_|EXPO_)?PUBLIC_|(?:REACT|VUE)_APP_|VITE_|GATSBY_|NG_APP_")
"""Prefixes by which build tools know the settings that go into a page."""
_NEVER_PUBLIC = re.compile(r"SECRET|PASSWORD|PRIVATE_KEY|ACCESS_KEY|DATABASE_URL")
_GIT_HEAD = re.compile(r"\A(?:ref: refs/\S{1,200}|[0-9a-f]{40})\s{0,9}\Z")
_FEW = 2


def debug_output(exchange: Exchange) -> str | None:
    """Return what an answer shows that only developers should see, in a few stable words, or None."""
    return None if exchange.failure else _shown_in(exchange.text()[:LOOKED_AT])


def private_file(exchange: Exchange) -> str | None:
    """Return what a file that must not be served gives away, or None if the answer is something else, as a page is."""
    if exchange.failure is not None or exchange.status not in {200, 206}:
        return debug_output(exchange)
    text = exchange.text()[:LOOKED_AT]
    if exchange.content_type == "text/html" or "<html" in text[:1000].lower():
        return _shown_in(text)
    if _GIT_HEAD.match(text):
        return "the head of a git repository"
    return "settings of the environment" if _ASSIGNMENT.search(text) else _shown_in(text)


@lru_cache(maxsize=64)
def _shown_in(text: str) -> str | None:
    """Return what *text* shows; a dozen samples of one page are read once."""
    said = next((said for said, pattern in _PATTERNS.items() if pattern.search(text)), None)
    return "values of secret settings" if said is None and _shows_secrets(text) else said


def _shows_secrets(text: str) -> bool:
    """Tell secret settings from those that a build gives to browsers on purpose, such as the key of a map."""
    names = [name for name in _SECRET.findall(text) if not _FOR_BROWSERS.match(name)]
    return len(names) >= _FEW and any(_NEVER_PUBLIC.search(name) for name in names)
