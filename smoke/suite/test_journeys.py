"""The journeys: made by a real browser, in the process of the item."""

from collections.abc import Callable

from smoke.running.selection import Case


def test_journeys(case: Case, make_journey: Callable[[Case], None]) -> None:
    """Every journey can be made."""
    make_journey(case)
