"""How a file is laid over the one that it extends."""

from typing import Any

import pytest

from smoke.environment._merging import merge

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "tables merge deeply": (
        {"a": {"x": 1, "y": {"p": 1}}},
        {"a": {"y": {"q": 2}}},
        {"a": {"x": 1, "y": {"p": 1, "q": 2}}},
    ),
    "the child wins": ({"a": 1, "b": 1}, {"a": 2}, {"a": 2, "b": 1}),
    "plain arrays are replaced": ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    "tables without names are replaced": ({"a": [{"at": 1}]}, {"a": [{"at": 2}]}, {"a": [{"at": 2}]}),
    "an empty array removes all": ({"a": [{"name": "x"}]}, {"a": []}, {"a": []}),
    "another type replaces": ({"a": {"x": 1}}, {"a": 3}, {"a": 3}),
    "a reference replaces a reference": ({"a": {"env": "X"}}, {"a": {"file": "x"}}, {"a": {"file": "x"}}),
    "a name that only one of them has": (
        {"a": [{"name": "x"}]},
        {"a": [{"nam": "x"}]},
        {"a": [{"nam": "x"}]},
    ),
    "named tables keep the parent's order": (
        {"a": [{"name": "x", "k": 1}, {"name": "y", "k": 1}]},
        {"a": [{"name": "z"}, {"name": "y", "k": 2}, {"name": "x", "m": 3}]},
        {"a": [{"name": "x", "k": 1, "m": 3}, {"name": "y", "k": 2}, {"name": "z"}]},
    ),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_merge(case: str) -> None:
    """Each case merges as its name says, and neither side is changed."""
    parent, child, expected = CASES[case]
    before = repr((parent, child))
    assert merge(parent, child) == expected
    assert repr((parent, child)) == before
