"""Compare a JSON answer with what is expected at its places; pure."""

from collections.abc import Mapping
from typing import Any

from smoke.checks._answers import find, quote
from smoke.checks._relations import same, unrelated
from smoke.checks._shapes import type_fault
from smoke.environment.expectations import Expectation

WORDS = {bool: "a truth value", int: "a number", float: "a number", str: "text"}


def unmet(expectation: Expectation, document: Any, before: Mapping[str, Any] | None = None) -> str | None:
    """
    Return how *document* misses *expectation*, or None if it meets it.

    *before* is what `remembered` found before the deploy; what is not in it is not compared.
    """
    if expectation.each is None:
        return _unmet(expectation, document, before or {})
    elements = find(expectation.each, document)
    if not isinstance(elements, list):
        return f"no list at {expectation.each}"
    for position, element in enumerate(elements):
        fault = _unmet(expectation, element, {})
        if fault:
            return f"in {expectation.each}[{position}] {fault}"
    return None


def wish(expectation: Expectation) -> str:
    """Say an expectation in words."""
    least, most = expectation.at_least, expectation.at_most
    words = {
        "": None if expectation.type is None else f"of type {expectation.type}",
        "=": None if expectation.equals is None else quote(expectation.equals),
        "contains": None if expectation.contains is None else quote(expectation.contains),
        "at least": None if least is None else f"{least:g}",
        "at most": None if most is None else f"{most:g}",
        "equal to": expectation.equals_at,
        "at most that of": expectation.at_most_at,
        "at most version": expectation.at_most_version,
        "the sum of": expectation.sum_of,
        "the product of": expectation.product_of,
        "as before": "the deploy" if expectation.unchanged else None,
        "at most, as before the deploy,": expectation.at_most_before,
        "keeping": None if expectation.keeps is None else f"{expectation.keeps:.0%} of before the deploy",
    }
    wishes = [f"{word} {value}".strip() for word, value in words.items() if value is not None]
    each = "" if expectation.each is None else f" in each of {expectation.each}"
    return f"{expectation.at} {' and '.join(wishes) or 'present'}{each}"


def _unmet(expectation: Expectation, document: Any, before: Mapping[str, Any]) -> str | None:
    at, value = expectation.at, find(expectation.at, document)
    if value is None:
        return f"nothing at {at}"
    if expectation.type is not None and (fault := type_fault(value, expectation.type)):
        return f"{at} is {fault}"
    if expectation.equals is not None and not same(value, expectation.equals):
        return f"{at} is {_typed(value, expectation.equals)}, expected {quote(expectation.equals)}"
    if expectation.contains is not None and not _contains(value, expectation.contains):
        return f"{at} does not contain {quote(expectation.contains)}"
    return unrelated(expectation, value, document, before)


def _typed(value: Any, wanted: Any) -> str:
    """Name the types where they make the difference."""
    word, other = WORDS.get(type(value)), WORDS.get(type(wanted))
    return f"{quote(value)} ({word}, not {other})" if word and word != other else quote(value)


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    return isinstance(value, (list, dict)) and any(same(one, wanted) for one in value)
