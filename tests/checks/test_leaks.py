"""A leak is told from caches that fill, and from what was there before."""

from collections.abc import Callable

import pytest

from smoke.checks._leaks import MEGA, Level, climbs, each_request, leaking

BEFORE = {"memory_each": 20_000.0}


def levels(held_mb: Callable[[int], float], names: str = "abc", asked: range = range(0, 400, 25)) -> list[Level]:
    """Return the readings of replicas that were asked in turn."""
    return [Level(one, held_mb(one) * MEGA, name) for one in asked for name in names]


def test_a_leak_climbs_without_end() -> None:
    """A third of a megabyte for each request of ours, on every replica."""
    found = leaking(levels(lambda asked: 90 + asked / 3), BEFORE)
    assert [one.replica for one in found] == ["a", "b", "c"]
    assert str(found[0]) == "replica a went from 90 to 215 MB"


def test_unnamed_processes_leak_too() -> None:
    """Readings without a name count as one process."""
    readings = [Level(one.asked, one.held) for one in levels(lambda asked: 90 + asked / 3)]
    assert str(leaking(readings, BEFORE)[0]).startswith("the process went from 90")


@pytest.mark.parametrize(
    "held_mb",
    [
        lambda _: 90.0,
        lambda asked: 90 + 60 * (1 - 0.99**asked),
        lambda asked: 90 + 40 * (asked % 100) / 100,
        lambda asked: 300 - asked / 3,
        lambda asked: 90 + asked / 40,
    ],
    ids=["steady", "caches that fill", "collected garbage", "shrinking", "a little"],
)
def test_what_is_no_leak(held_mb: Callable[[int], float]) -> None:
    """Steady, filling caches, a saw-tooth, shrinking, or hardly growing."""
    assert not leaking(levels(held_mb), BEFORE)


def test_what_climbed_before_or_is_not_known_is_not_the_releases() -> None:
    """Without a baseline, or with the same slope in it, nothing is condemned."""
    climbing = levels(lambda asked: 90 + asked / 3)
    each = each_request(climbing)
    assert each is not None
    assert not leaking(climbing, {})
    assert not leaking(climbing, {"memory_each": each})
    assert not leaking(climbing, {"memory_each": "much"})
    assert [one.leaks for one in climbs(climbing)] == [True] * 3


def test_one_replica_alone_is_not_the_build() -> None:
    """Most must climb: a build leaks everywhere."""
    mixed = [*levels(lambda asked: 90 + asked / 3, "a"), *levels(lambda _: 90.0, "bc")]
    assert not leaking(mixed, BEFORE)


def test_too_few_readings_tell_nothing() -> None:
    """A direction takes some readings, at different moments."""
    assert climbs(levels(lambda asked: 90 + asked, asked=range(0, 100, 25))) == []
    assert climbs([Level(5, 90.0 * MEGA, "a")] * 9) == []
    assert each_request([]) is None
