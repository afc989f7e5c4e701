"""Pages that a cache holds of another release than the replicas serve."""

from collections.abc import Iterable, Sequence

from smoke.checks._census import Vote, short


def cache_lags(votes: Iterable[Vote], goal: str | None) -> bool:
    """Tell whether all that speaks for another commit than *goal* are pages out of a cache, and others serve *goal*."""
    told = [one for one in votes if one.commit is not None]
    behind = [one for one in told if one.commit != goal]
    return bool(behind) and all(one.edge for one in behind) and any(not one.edge for one in told if one not in behind)


def stale_page(votes: Sequence[Vote], goal: str, previous: str | None) -> str:
    """Say that a cache lags behind the replicas."""
    edge = [one for one in votes if one.edge]
    behind = sum(1 for one in edge if one.commit != goal)
    others = sorted({one.commit for one in edge if one.commit and one.commit != goal})
    named = " and ".join(f"the previous commit {short(one)}" if one == previous else short(one) for one in others)
    return (
        f"a cache gives visitors the page of {named} ({behind} of {len(edge)} answers out of it), "
        f"while past it {short(goal)} is served"
    )
