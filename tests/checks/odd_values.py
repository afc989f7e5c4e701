"""Documents that are right but for one place."""

from collections.abc import Iterator
from typing import Any

ODD: tuple[Any, ...] = (
    *(None, True, -1, 10**400, 1e308, "", "x", [], {}, [None], {"x": None}, [[[]]]),
    *("\ud800", "\x00\x1b[31m", "9" * 5000, "nan", "1e999", "a" * 100_000),
)
"""What JSON may hold where something else is expected."""


def odd(document: Any) -> Iterator[Any]:
    """Yield *document* with each of its places replaced by each odd value, itself included."""
    yield from ODD
    if isinstance(document, dict):
        for key, value in document.items():
            yield {other: one for other, one in document.items() if other != key}
            yield from ({**document, key: one} for one in odd(value))
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from ([*document[:place], one, *document[place + 1 :]] for one in odd(value))
