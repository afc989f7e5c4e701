"""Public JSON is promised by what all its answers had in common."""

from typing import Any

import pytest

from smoke.discovery.reads import advertised, found_reads
from tests.discovery.sites import answer, html, json_answer, site_of


def test_shapes() -> None:
    """Fields that were there every time, with their types; what one answer lacks is not promised."""
    answers = [json_answer({"name": "x", "items": [{"id": 1}], "hint": one}) for one in ("a", None, "b")]
    (found,) = found_reads(site_of({"/api": answers}), set())
    assert (found.name, found.shape) == ("api", {"name": "string", "items[].id": "number"})


def test_lists() -> None:
    """A list that always held something must hold something; one that may be empty promises nothing."""
    (found,) = found_reads(site_of({"/api/users": json_answer([1])}), set())
    assert found.expect == [{"at": "@", "type": "array", "at_least": 1}]
    assert found_reads(site_of({"/api/users": [json_answer([1]), json_answer([]), json_answer([1])]}), set()) == []


@pytest.mark.parametrize(
    "given",
    [
        html("<h1>x</h1>"),
        json_answer({}),
        json_answer({"a": 1}, 404),
        json_answer("x"),
        answer("{", 200, "application/json"),
    ],
)
def test_what_is_none(given: Any) -> None:
    """Pages, errors, empty objects and garbage are no reads."""
    assert found_reads(site_of({"/api": given}), set()) == []


def test_what_better_checks_look_at() -> None:
    """The health endpoint is not read twice."""
    assert found_reads(site_of({"/health": json_answer({"status": "ok"})}), {"/health"}) == []


def test_openapi() -> None:
    """What needs no key and no parameter, and sounds harmless, is taken from a description."""
    get: dict[str, Any] = {"get": {"operationId": "x"}}
    paths: dict[object, Any] = {
        "/items": get,
        "/items/{id}": get,
        "/search": {"get": {"parameters": [{"name": "q", "required": True}]}},
        "/mine": {"get": {"security": [{"key": []}]}},
        "/users/logout": get,
        "/jobs": {"get": {"operationId": "run_all_jobs"}},
        "/orders": {"post": {}},
        "/odd": None,
        5: get,
    }
    described = {"openapi": "3.1.0", "paths": {str(path): item for path, item in paths.items()}}
    assert advertised(site_of({"/openapi.json": json_answer(described)})) == ["/items"]
    assert advertised(site_of({"/openapi.json": json_answer({"paths": []})})) == []
    assert advertised(site_of({})) == []
