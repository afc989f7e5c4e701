"""Places of an answer must relate to each other, to limits and to before the deploy as promised."""

from typing import Any

import pytest

from smoke.checks._expectations import unmet, wish
from smoke.checks._relations import compares_with_before, remembered
from smoke.environment.expectations import Expectation

BILL = {
    "lines": [
        {"price": "58.40", "quantity": 1, "amount": "58.40"},
        {"price": "8.49", "quantity": 3, "amount": "25.47"},
    ],
    "subtotal": "83.87",
    "tax": "8.39",
    "total": "92.26",
}


def expectation(**keys: Any) -> Expectation:
    """Return an expectation with these keys, as a file writes them."""
    return Expectation.model_validate(keys)


PRODUCT = {"each": "lines", "at": "amount", "product_of": "[quantity, price]"}
SUM = {"at": "total", "sum_of": "[subtotal, tax]"}
VERSION = {"at": "min_version", "as": "version", "at_most_at": "latest_version"}


@pytest.mark.parametrize(
    ("keys", "document"),
    [
        (PRODUCT, BILL),
        (SUM, BILL),
        ({"at": "subtotal", "sum_of": "lines[].amount"}, BILL),
        ({"at": "total", "sum_of": "parts"}, {"total": 0.3, "parts": [0.1, 0.2]}),
        ({"at": "total", "sum_of": "parts", "within": 0.01}, {"total": 10, "parts": [3.33, 3.33, 3.33]}),
        ({"each": "items", "at": "price", "as": "number", "at_least": 0.01}, {"items": [{"price": "1.00"}]}),
        ({"each": "items", "at": "price", "at_least": 1}, {"items": []}),
        ({"at": "a", "equals_at": "b"}, {"a": [1], "b": [1]}),
        ({"at": "a", "as": "number", "equals_at": "b"}, {"a": "1.50", "b": 1.5}),
        ({"at": "a", "at_most_at": "b"}, {"a": 1, "b": 1}),
        (VERSION, {"min_version": "4.2", "latest_version": "4.2.0"}),
        (VERSION, {"min_version": "4.2.0-beta.2", "latest_version": "4.2.0"}),
        (VERSION, {"min_version": "4.9.0", "latest_version": "4.10.0"}),
        ({"at": "v", "at_most_version": "4.2.0"}, {"v": "v4.1.9+build.7"}),
        ({"at": "n", "type": "number"}, {"n": 1}),
        ({"at": "n", "type": "boolean"}, {"n": False}),
    ],
)
def test_holds(keys: dict[str, Any], document: Any) -> None:
    """What adds up, is in order and of the right type is met."""
    assert unmet(expectation(**keys), document) is None


def changed(**keys: Any) -> dict[str, Any]:
    """Return the bill with other values."""
    return {**BILL, **keys}


@pytest.mark.parametrize(
    ("keys", "document", "fault"),
    [
        (SUM, changed(total="9.22"), 'total is "9.22", but the sum of [subtotal, tax] is 92.26'),
        (SUM, changed(total="92.25"), 'total is "92.25", but the sum of [subtotal, tax] is 92.26'),
        (SUM, changed(tax=None), "[subtotal, tax] is no list of numbers"),
        (SUM, changed(total=True), "total is true, but the sum of [subtotal, tax] is 92.26"),
        (
            PRODUCT,
            {"lines": [{"price": "0.00", "quantity": 1, "amount": "5"}]},
            'in lines[0] amount is "5", but the product of [quantity, price] is 0',
        ),
        (PRODUCT, {"lines": None}, "no list at lines"),
        (PRODUCT, {"lines": [{}]}, "in lines[0] nothing at amount"),
        (PRODUCT, {"lines": ["x"]}, "in lines[0] nothing at amount"),
        (
            {"each": "items", "at": "price", "as": "number", "at_least": 0.01},
            {"items": [{"price": "1.00"}, {"price": "0.00"}]},
            "in items[1] price is 0, expected at least 0.01",
        ),
        ({"at": "price", "as": "number"}, {"price": "free"}, 'price is "free", which is no number'),
        ({"at": "price", "as": "number"}, {"price": "1e5"}, 'price is "1e5", which is no number'),
        ({"at": "a", "equals_at": "b"}, {"a": 1, "b": "1"}, 'a is 1, but b is "1"'),
        ({"at": "a", "equals_at": "b"}, {"a": 1}, "a is 1, but b is null"),
        ({"at": "a", "at_most_at": "b"}, {"a": 2, "b": 1}, "a is 2, above b, 1"),
        ({"at": "a", "at_most_at": "b"}, {"a": "2", "b": 1}, 'a is "2", not comparable with b, 1'),
        (
            VERSION,
            {"min_version": "9.0.0", "latest_version": "4.2.0"},
            'min_version is "9.0.0", above latest_version, "4.2.0"',
        ),
        (
            VERSION,
            {"min_version": "4.2.1", "latest_version": "4.2.1-rc.1"},
            'min_version is "4.2.1", above latest_version, "4.2.1-rc.1"',
        ),
        (VERSION, {"min_version": "latest", "latest_version": "4"}, 'min_version is "latest", which is no version'),
        (VERSION, {"min_version": 4, "latest_version": "4"}, "min_version is 4, which is no version"),
        (VERSION, {"min_version": "4"}, 'min_version is "4", not comparable with latest_version, null'),
        ({"at": "v", "at_most_version": "4.2"}, {"v": "4.3"}, 'v is "4.3", above "4.2"'),
        ({"at": "n", "type": "number"}, {"n": "1"}, "n is string, not number"),
        ({"at": "n", "type": "integer"}, {"n": 1.5}, "n is number, not integer"),
        ({"at": "n", "type": "integer"}, {"n": True}, "n is boolean, not integer"),
    ],
)
def test_does_not_hold(keys: dict[str, Any], document: Any, fault: str) -> None:
    """What is wrong is said in a few words."""
    assert unmet(expectation(**keys), document) == fault


UNCHANGED = {"at": "name", "unchanged": True}
KEEPS = {"at": "items", "keeps": 0.9}
BEFORE = {"at": "min", "as": "version", "at_most_before": "latest"}


@pytest.mark.parametrize(
    ("keys", "then", "now", "fault"),
    [
        (UNCHANGED, {"name": "prod"}, {"name": "prod"}, None),
        (UNCHANGED, {"name": "prod"}, {"name": "staging"}, 'name is "staging", before the deploy it was "prod"'),
        (UNCHANGED, {}, {"name": "staging"}, None),
        (KEEPS, {"items": [1] * 10}, {"items": [1] * 9}, None),
        (KEEPS, {"items": [1] * 10}, {"items": [1] * 8}, "items shrank to 8, before the deploy it was 10"),
        (KEEPS, {"items": 100}, {"items": 20}, "items shrank to 20, before the deploy it was 100"),
        (KEEPS, {"items": [1]}, {"items": "none"}, 'items is "none", which is neither a number nor a list'),
        (BEFORE, {"latest": "4.2.0"}, {"min": "4.2.0", "latest": "4.3.0"}, None),
        (
            BEFORE,
            {"latest": "4.2.0"},
            {"min": "9.0.0", "latest": "9.0.0"},
            'min is "9.0.0", above latest of before the deploy, "4.2.0"',
        ),
    ],
)
def test_compares_with_before(keys: dict[str, Any], then: Any, now: Any, fault: str | None) -> None:
    """What was there before the deploy is the measure, where it is known."""
    wanted = expectation(**keys)
    known = remembered(wanted, then)
    assert set(known) <= set(compares_with_before(wanted))
    assert unmet(wanted, now, known) == fault
    assert unmet(wanted, now, {}) is None or fault is None or "neither" in fault


def test_wishes() -> None:
    """What is expected can be said in words."""
    assert wish(expectation(**SUM)) == "total the sum of [subtotal, tax]"
    assert wish(expectation(**PRODUCT)) == "amount the product of [quantity, price] in each of lines"
    assert wish(expectation(**KEEPS)) == "items keeping 90% of before the deploy"
    assert wish(expectation(at="n", type="number")) == "n of type number"
