"""Keep secrets out of every text that leaves the process."""

import base64
import html
import json
import re
import threading
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

MASK = "[redacted]"

SHORTEST = 4
"""Values shorter than this are not masked: they protect nothing, and masking them would destroy the text around."""

_SHORTEST_FRAGMENT = 6
_SHORTEST_LINE = 8
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
"""An escape in a URL: its digits may be small or capital."""

_USERINFO = r"(?<=://)[^\s:/@\"'<>]{0,200}:[^\s/@\"'<>]{1,500}(?=@)"
"""User and password in an address, as in a database's that an error page tells: nobody registered those."""

_BITS_OF_BYTE = 8
_BITS_OF_DIGIT = 6


class Redactor:
    """
    Replaces registered values, in any form in which they usually travel, by `[redacted]`.

    User and password in an address are masked too, whosever they are. Pure but for what was registered; may be used
    from several threads at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: frozenset[str] = frozenset()
        self._text = re.compile(_USERINFO)
        self._bytes = re.compile(_USERINFO.encode())

    def register(self, value: str) -> None:
        """Mask *value* from now on, unless it is shorter than four characters; each line of a long one too."""
        lines = [line for line in value.splitlines() if len(line) >= _SHORTEST_LINE]
        new = {form for part in (value, *lines) if len(part) >= SHORTEST for form in _forms(part)}
        with self._lock:
            if new <= self._forms:
                return
            self._forms |= new
            # The longest first, so that a value that holds another one is masked as a whole.
            ordered = sorted(self._forms, key=lambda form: (-len(form), form))
            pattern = "|".join([*(_ESCAPE.sub(r"(?i:\g<0>)", re.escape(form)) for form in ordered), _USERINFO])
            self._bytes = re.compile(pattern.encode("utf-8", "surrogatepass"))
            self._text = re.compile(pattern)

    def redact(self, text: str) -> str:
        """Return *text* with every registered value masked."""
        return self._text.sub(MASK, text)

    def redact_bytes(self, data: bytes) -> bytes:
        """Return *data* with every registered value masked, as UTF-8."""
        return self._bytes.sub(MASK.encode(), data)


def _forms(value: str) -> Iterator[str]:
    """Yield *value* as it is, and as it stands in URLs, JSON, HTML, Python's repr and base64."""
    yield value
    # The last one is what JavaScript's encodeURIComponent leaves alone.
    yield from (quote(value, safe=""), quote(value), quote_plus(value), quote(value, safe="!'()*-._~"))
    for ascii_only in (True, False):
        escaped = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield from (escaped, escaped.replace("/", "\\/"), json.dumps(escaped, ensure_ascii=ascii_only)[1:-1])
    yield from (html.escape(value), html.escape(value, quote=False), repr(value)[1:-1])
    yield from _base64_forms(value.encode("utf-8", "surrogatepass"))


def _base64_forms(data: bytes) -> Iterator[str]:
    """Yield *data* alone in base64, and what never changes of it wherever it stands in longer base64 (as in Basic)."""
    whole = base64.b64encode(data).decode()
    candidates = {whole, whole.rstrip("=")}
    for offset in range(3):
        digits = base64.b64encode(bytes(offset) + data).decode()
        first = -(-offset * _BITS_OF_BYTE // _BITS_OF_DIGIT)
        last = (offset + len(data)) * _BITS_OF_BYTE // _BITS_OF_DIGIT
        candidates.add(digits[first:last])
    for one in candidates:
        if len(one) >= _SHORTEST_FRAGMENT:
            yield one
            yield one.replace("+", "-").replace("/", "_")
