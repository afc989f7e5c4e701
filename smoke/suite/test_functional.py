"""The functional stage: one item a check, made by the engine; the item waits for its finding."""

from collections.abc import Callable

from smoke.running.selection import Case


def test_functional(case: Case, hold: Callable[[Case], None]) -> None:
    """Every check of the functional stage holds."""
    hold(case)
