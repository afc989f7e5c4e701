"""Facts go from checks to the verdict by name: one that is mistyped must not read as a fact that is absent."""

import ast
from collections.abc import Iterator
from pathlib import Path

SMOKE = Path(__file__).parents[1] / "smoke"
NODES = [node for path in SMOKE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]


def names_read() -> Iterator[str]:
    """Yield the names by which anybody reads a fact: `facts["name"]`, `facts.get("name")`."""
    for node in NODES:
        match node:
            case ast.Call(func=ast.Attribute(value=place, attr="get"), args=[ast.Constant(value=str(name)), *_]):
                yield from [name] if _holds_facts(place) else ()
            case ast.Subscript(value=place, slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                yield from [name] if _holds_facts(place) else ()


def names_written() -> Iterator[str]:
    """Yield the names under which anything is put into a mapping."""
    for node in NODES:
        match node:
            case ast.Dict(keys=keys):
                yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))
            case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Store()):
                yield name
            case ast.Call(keywords=keywords):
                yield from (str(keyword.arg) for keyword in keywords)


def _holds_facts(place: ast.expr) -> bool:
    return (place.attr if isinstance(place, ast.Attribute) else getattr(place, "id", "")) == "facts"


def test_every_fact_that_is_read_is_written() -> None:
    """What nobody writes would be read as absent for ever, and a rule that demands it would never hold."""
    read = set(names_read())

    assert {"answered", "failure_kinds", "signature"} <= read
    assert sorted(read - set(names_written())) == []
