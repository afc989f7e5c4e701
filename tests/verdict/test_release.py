"""How a build names itself."""

import pytest

from smoke.verdict.release import is_newer


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("1.43.0", "1.42.0", True),
        ("v1.42.1", "1.42", True),
        ("2026.11.3", "2026.9.30", True),
        ("1.42.0-rc.1", "1.41.9", True),
        ("1.42", "1.42.0", False),
        ("1.41.9", "1.42.0", False),
        ("1.42.0", None, False),
        (None, "1.42.0", False),
        (["9.9"], "1.0", False),
        ("nightly", "1.0", False),
        ("9f1c2ab.1", "1.0", False),
        ("1.0.x", "2.0", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version: object, than: object, newer: bool) -> None:  # noqa: FBT001
    """Only plain numbers count, and what tells none is never newer."""
    assert is_newer(version, than) is newer
