"""The shape of an answer: what clients rely on must be there, of the right type."""

from typing import Any

import pytest

from smoke.checks._shapes import PATHS, common, departures, losses, shape_of

ORDER = {"id": 7, "who": {"name": "Haru"}, "items": [{"sku": "A", "cents": 1990}, {"sku": "B", "cents": 5}]}


@pytest.mark.parametrize(
    "shape",
    [
        {"id": "integer", "who.name": "string", "items[].cents": "number"},
        {"items": "array", "who": "object"},
        {"who?.mail?": "string", "coupon?.code": "string", "coupon?": "object"},
        {"items[].note?": "string"},
    ],
)
def test_there(shape: dict[str, str]) -> None:
    """What is there with its type, and what may be absent, is no departure."""
    assert departures(shape, ORDER) == []


@pytest.mark.parametrize(
    ("shape", "document", "found"),
    [
        ({"id": "integer"}, {"id": "7"}, ["id is string, not integer"]),
        ({"id": "integer"}, {"id": None}, ["id is null, not integer"]),
        ({"id": "integer"}, {}, ["id is missing"]),
        ({"id": "integer"}, [], ["id is missing"]),
        ({"id": "integer"}, None, ["id is missing"]),
        ({"who.name": "string"}, {"who": None}, ["who.name is missing"]),
        ({"who?.name": "string"}, {"who": {}}, ["who.name is missing"]),
        ({"items[].cents": "integer"}, {"items": [{"cents": 1}, {}, {}]}, ["items[].cents is missing"]),
        ({"items[].cents": "integer"}, {"items": {"cents": 1}}, ["items[].cents is missing"]),
        ({"items[].cents": "integer"}, {"items": [{"cents": 1.5}]}, ["items[].cents is number, not integer"]),
        ({"[].id": "integer"}, [{"id": 1}, {"id": True}], ["[].id is boolean, not integer"]),
    ],
)
def test_departs(shape: dict[str, str], document: Any, found: list[str]) -> None:
    """A field that is gone, null or of another type is named, without its value."""
    assert departures(shape, document) == found


def test_a_document_proves_a_shape() -> None:
    """Only what every element has counts, null proves nothing, and integers may get fractions."""
    document = {"items": [{"a": 1, "b": "x", "c": None}, {"a": 2.5, "b": "y", "c": "z", "d": 1}], "none": None}
    assert shape_of(document) == {
        "items": "array",
        "items[]": "object",
        "items[].a": "number",
        "items[].b": "string",
    }


def test_a_shape_is_kept_by_what_proved_it() -> None:
    """A document never departs from the shape that it proves; nor does one with empty lists."""
    assert departures(shape_of(ORDER), ORDER) == []
    assert departures(shape_of(ORDER), {**ORDER, "items": [], "more": 1}) == []


def test_keys_that_are_values_are_no_fields() -> None:
    """Ids and dates as keys come and go."""
    assert shape_of({"2026-11-25": 1, "9f1c2ab4d5e60718293a4b5c6d7e8f9012345678": 1, "a.b": 1, "ok": 1}) == {
        "ok": "number"
    }


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"items": [{"a": 1}, {"a": None}, {}]}, []),
        ({"items": []}, []),
        ({"items": [{"a": None}, {"a": None}]}, ["items[].a is null"]),
        ({"items": [{}, {"b": 1}]}, ["items[].a is missing"]),
        ({"items": [{"a": 1}, {"a": "1"}]}, ["items[].a is string, not number"]),
        ({"items": None}, ["items is null", "items[] is missing", "items[].a is missing"]),
        ([], ["items is missing", "items[] is missing", "items[].a is missing"]),
    ],
)
def test_losses(document: Any, found: list[str]) -> None:
    """What single elements lack may be optional; what all lack, or one has otherwise, is lost."""
    assert losses(shape_of({"items": [{"a": 1}]}), document) == found


def test_hostile_documents() -> None:
    """Neither depth nor breadth costs more than what is remembered."""
    deep: Any = 1
    for _ in range(500):
        deep = {"a": [deep]}
    assert len(shape_of(deep)) < 20
    assert len(shape_of({f"k{number}": 1 for number in range(5000)})) == PATHS
    assert shape_of(7) == {}
    assert departures({"a[].a[].b": "string"}, deep) == ["a[].a[].b is missing"]


def test_common_ground() -> None:
    """Of several answers only what all agree about was promised."""
    assert common([{"a": "string", "b": "number"}, {"a": "string", "b": "string"}]) == {"a": "string"}
    assert common([]) == {}
