"""How the value at one place of a JSON answer relates to other places, to limits, and to before the deploy; pure."""

from collections.abc import Mapping, Sized
from decimal import Decimal
from typing import Any

from smoke.checks._answers import find, quote
from smoke.checks._quantities import near, number, numbers, product, version
from smoke.environment.expectations import Expectation


def unrelated(expectation: Expectation, value: Any, document: Any, before: Mapping[str, Any]) -> str | None:
    """Return how *value* breaks a relation that *expectation* demands, or None."""
    rules = (_not_readable, _outside, _unlike, _beyond, _not_the_sum, _not_the_product)
    faults = (rule(expectation, value, document) for rule in rules)
    return next((fault for fault in faults if fault), None) or _unlike_before(expectation, value, before)


def remembered(expectation: Expectation, document: Any) -> dict[str, Any]:
    """Return what a later comparison with *document* needs, as JSON primitives by a key of the expectation."""
    if expectation.each is not None:
        return {}
    value = find(expectation.at, document)
    found = {
        "unchanged": value if expectation.unchanged else None,
        "keeps": size(value) if expectation.keeps is not None else None,
        "at_most_before": find(expectation.at_most_before, document) if expectation.at_most_before else None,
    }
    return {_key(expectation, kind): one for kind, one in found.items() if one is not None}


def compares_with_before(expectation: Expectation) -> tuple[str, ...]:
    """Return the keys under which `remembered` puts what *expectation* compares with."""
    wanted = {
        "unchanged": expectation.unchanged,
        "keeps": expectation.keeps is not None,
        "at_most_before": expectation.at_most_before is not None,
    }
    return tuple(_key(expectation, kind) for kind, asked in wanted.items() if asked)


def size(value: Any) -> float | None:
    """Return a number, or the length of a list or table; None for anything else."""
    if isinstance(value, (bool, str)):
        return None
    if isinstance(value, (int, float)):
        return value
    return len(value) if isinstance(value, Sized) else None


def same(value: Any, wanted: Any) -> bool:
    """Compare strictly: `1`, `true` and `"1"` are three different things."""
    numbers = isinstance(value, (int, float)) and isinstance(wanted, (int, float))
    alike = isinstance(value, bool) == isinstance(wanted, bool) and (numbers or type(value) is type(wanted))
    return alike and bool(value == wanted)


def _key(expectation: Expectation, kind: str) -> str:
    place = expectation.at_most_before if kind == "at_most_before" else expectation.at
    return f"{kind} {place}"


def _not_readable(expectation: Expectation, value: Any, _document: Any) -> str | None:
    as_version = expectation.read_as == "version" or expectation.at_most_version is not None
    if as_version and version(value) is None:
        return f"{expectation.at} is {quote(value)}, which is no version"
    if expectation.read_as == "number" and number(value) is None and not isinstance(value, (list, dict)):
        return f"{expectation.at} is {quote(value)}, which is no number"
    return None


def _outside(expectation: Expectation, value: Any, _document: Any) -> str | None:
    least, most, at = expectation.at_least, expectation.at_most, expectation.at
    if least is None and most is None:
        return None
    written = number(value) if expectation.read_as == "number" and isinstance(value, str) else None
    amount = size(value) if written is None else float(written)
    if amount is None:
        return f"{at} is {quote(value)}, which is neither a number nor a list"
    found = f"{at} has {amount:g} entries" if isinstance(value, (list, dict)) else f"{at} is {amount:g}"
    if least is not None and amount < least:
        return f"{found}, expected at least {least:g}"
    if most is not None and amount > most:
        return f"{found}, expected at most {most:g}"
    return None


def _unlike(expectation: Expectation, value: Any, document: Any) -> str | None:
    if expectation.equals_at is None:
        return None
    other = find(expectation.equals_at, document)
    if _equal(expectation, value, other):
        return None
    return f"{expectation.at} is {quote(value)}, but {expectation.equals_at} is {quote(other)}"


def _beyond(expectation: Expectation, value: Any, document: Any) -> str | None:
    place, limit = expectation.at_most_at, expectation.at_most_version
    if limit is not None and (fault := _exceeds(value, limit, "version")):
        return f"{expectation.at} is {quote(value)}, {fault} {quote(limit)}"
    if place is None:
        return None
    other = find(place, document)
    fault = _exceeds(value, other, expectation.read_as)
    return f"{expectation.at} is {quote(value)}, {fault} {place}, {quote(other)}" if fault else None


def _not_the_sum(expectation: Expectation, value: Any, document: Any) -> str | None:
    if expectation.sum_of is None:
        return None
    parts = numbers(find(expectation.sum_of, document))
    return _miscalculated(
        expectation, value, expectation.sum_of, None if parts is None else sum(parts, Decimal()), "sum"
    )


def _not_the_product(expectation: Expectation, value: Any, document: Any) -> str | None:
    if expectation.product_of is None:
        return None
    parts = numbers(find(expectation.product_of, document))
    made = None if parts is None else product(parts)
    return _miscalculated(expectation, value, expectation.product_of, made, "product")


def _miscalculated(expectation: Expectation, value: Any, place: str, made: Decimal | None, word: str) -> str | None:
    if made is None:
        return f"{place} is no list of numbers"
    found = number(value)
    if found is not None and near(found, made, expectation.within):
        return None
    return f"{expectation.at} is {quote(value)}, but the {word} of {place} is {made.normalize():f}"


def _unlike_before(expectation: Expectation, value: Any, before: Mapping[str, Any]) -> str | None:
    at = expectation.at
    known = before.get(_key(expectation, "unchanged"))
    if known is not None and not _equal(expectation, value, known):
        return f"{at} is {quote(value)}, before the deploy it was {quote(known)}"
    count, amount = before.get(_key(expectation, "keeps")), size(value)
    if expectation.keeps is not None and isinstance(count, (int, float)):
        if amount is None:
            return f"{at} is {quote(value)}, which is neither a number nor a list"
        if amount < count * expectation.keeps:
            return f"{at} shrank to {amount:g}, before the deploy it was {count:g}"
    place = expectation.at_most_before
    if place is None or _key(expectation, "at_most_before") not in before:
        return None
    limit = before[_key(expectation, "at_most_before")]
    fault = _exceeds(value, limit, expectation.read_as)
    return f"{at} is {quote(value)}, {fault} {place} of before the deploy, {quote(limit)}" if fault else None


def _equal(expectation: Expectation, value: Any, other: Any) -> bool:
    if expectation.read_as == "version":
        return version(value) is not None and version(value) == version(other)
    if expectation.read_as == "number":
        left, right = number(value), number(other)
        return left is not None and right is not None and near(left, right)
    return same(value, other)


def _exceeds(value: Any, limit: Any, read_as: str | None) -> str | None:
    """Say how *value* stands to *limit* unless it is known to be at most that: `above`, or `not comparable with`."""
    if read_as == "version":
        left, right = version(value), version(limit)
        return None if left and right and left <= right else _above(left, right)
    one, other = number(value, texts=read_as == "number"), number(limit, texts=read_as == "number")
    return None if one is not None and other is not None and one <= other else _above(one, other)


def _above(left: object, right: object) -> str:
    return "not comparable with" if left is None or right is None else "above"
