"""Whose login limit it is, by arithmetic."""

from dataclasses import replace
from typing import Any

import pytest

from smoke.checks._attempts import Attempt, attempt_of
from smoke.checks._lockout import Known, Look, Reading, read
from smoke.http import FailureKind
from tests.checks.fake_world import NOW, answer, failing

BEFORE = {"attempts": 5, "limited": False, "crowded": False, "window_s": 60.0, "at": NOW - 300}


def made(*attempts: tuple[str, int, int | None], limit: int | None = 10, reset_s: float | None = 60) -> list[Attempt]:
    """Return attempts a tenth of a second apart: role, status, how many the limiter has counted."""
    return [
        Attempt(role, NOW + at / 10, status, limit, used, reset_s) for at, (role, status, used) in enumerate(attempts)
    ]


def reading(
    attempts: list[Attempt], control: list[Attempt] | None = None, before: Any = BEFORE, browser: int = 2
) -> Reading:
    """Read one look."""
    run = [*attempts, *(control or [])]
    return read(Look(tuple(attempts), tuple(control or [])), Known(run, browser, before))


def test_nobody_is_limited() -> None:
    """A counter that counts what was ours is in order."""
    assert reading(made(("a", 200, 1), ("b", 200, 2))) is Reading.OPEN
    assert reading(made(("a", 200, None), ("b", 200, None), limit=None)) is Reading.OPEN


def test_more_is_counted_than_was_ours() -> None:
    """One or two more may be the browser's; many more are others'."""
    assert reading(made(("a", 200, 2), ("b", 200, 4))) is Reading.DENSE
    assert reading(made(("a", 200, 6), ("b", 200, 7))) is Reading.CROWDED


def test_others_who_use_one_account() -> None:
    """A counter that runs ahead for one account only says that others use it."""
    assert reading(made(("a", 200, 8), ("b", 200, 1))) is Reading.DENSE


def test_attempts_before_the_deploy_still_count() -> None:
    """What was made before the deploy is ours too, as long as the window reaches back to it."""
    lately = {**BEFORE, "at": NOW - 30}
    assert reading(made(("a", 200, 6), ("b", 200, 7)), before=lately) is Reading.DENSE
    assert reading(made(("a", 429, 10), ("b", 429, 10)), before={**lately, "attempts": 9}) is Reading.OURS


def test_attempts_of_other_runs_count() -> None:
    """Who verifies twice within the limiter's window has used it up alone; what is older has not."""
    attempts, untold = made(("a", 429, 10), ("b", 429, 10)), made(("a", 429, None), ("b", 429, None), limit=None)

    def with_earlier(run: list[Attempt], *ago_s: float) -> Reading:
        earlier = [NOW - one for one in ago_s]
        return read(Look(tuple(run)), Known(run, 2, {**BEFORE, "attempts": 3}, earlier))

    lately = [20.0 + number for number in range(6)]
    assert with_earlier(attempts, *lately) is Reading.OURS
    assert with_earlier(untold, *lately) is Reading.OURS
    assert with_earlier(attempts, 70, 80, 90, 100) is Reading.EVERYBODY
    assert with_earlier(untold, 400, 410, 420) is Reading.EVERYBODY
    assert reading(untold, before={**BEFORE, "attempts": 3}, browser=1) is Reading.EVERYBODY


def test_everybody_is_limited() -> None:
    """Every account is refused at its first attempt, and we made fewer than are allowed."""
    assert reading(made(("a", 429, 10), ("b", 429, 10))) is Reading.EVERYBODY


def test_our_own_address_is_limited() -> None:
    """Where our own attempts reach the limit, they may be why every account is refused."""
    tries = made(("a", 429, 2), ("b", 429, 2), limit=2)
    assert reading(tries) is Reading.OURS


def test_one_account_is_limited() -> None:
    """The first account is refused again after another one was let in."""
    tries = made(("a", 429, 5), ("b", 200, 1), limit=5)
    control = made(("a", 429, 5), ("b", 200, 2), ("a", 429, 5), limit=5)
    assert reading(tries, control) is Reading.ACCOUNT


def test_the_window_turned_meanwhile() -> None:
    """One refused, another let in, and then the first as well: the limit began to count anew in between."""
    tries = made(("a", 429, 10), ("b", 200, 3))
    control = made(("a", 200, 4), ("b", 200, 5), ("a", 200, 6))
    assert reading(tries, control) is Reading.DENSE


def test_the_limit_was_reached_meanwhile() -> None:
    """One let in and another refused is no difference of accounts if then both are refused."""
    tries = made(("a", 200, 10), ("b", 429, 10))
    control = made(("b", 429, 10), ("a", 429, 10), ("b", 429, 10))
    assert reading(tries, control) is Reading.EVERYBODY


def test_one_role_tells_nothing() -> None:
    """With a single account nobody knows whether others are refused too."""
    assert reading(made(("a", 429, 10))) is Reading.UNTOLD


def test_a_limiter_that_tells_nothing() -> None:
    """Without numbers the baseline decides: as many attempts as now were taken then, and longer ago than is counted."""
    silent = made(("a", 429, None), ("b", 429, None), limit=None)
    assert reading(silent) is Reading.EVERYBODY
    assert reading(silent, before={}) is Reading.OURS
    unknown = made(("a", 429, None), ("b", 429, None), limit=None, reset_s=None)
    assert reading(unknown, before={**BEFORE, "window_s": None}) is Reading.OURS
    assert reading(silent, before={**BEFORE, "limited": True}) is Reading.OURS


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"x-ratelimit-limit": "10", "x-ratelimit-remaining": "7", "x-ratelimit-reset": "42"}, (10, 3, 42)),
        ({"ratelimit-limit": "10", "ratelimit-remaining": "7", "ratelimit-reset": "42"}, (10, 3, 42)),
        ({"ratelimit": "limit=10, remaining=7, reset=42"}, (10, 3, 42)),
        ({"ratelimit": '"login";r=7;t=42', "ratelimit-policy": '"login";q=10;w=60'}, (10, 3, 42)),
        ({"ratelimit-limit": "10, 10;w=60", "ratelimit-remaining": "0"}, (10, 10, None)),
        ({"x-ratelimit-reset": str(int(NOW) + 42)}, (None, None, 42)),
        ({"retry-after": "30"}, (None, None, 30)),
        ({"x-ratelimit-limit": "ten", "x-ratelimit-remaining": "-1"}, (None, None, None)),
        ({"x-ratelimit-limit": "5", "x-ratelimit-remaining": "9"}, (5, None, None)),
        ({"x-ratelimit-limit": "9" * 400}, (None, None, None)),
        ({}, (None, None, None)),
    ],
)
def test_what_limiters_tell(headers: dict[str, str], told: tuple[int | None, ...]) -> None:
    """Every usual dialect is understood, and nonsense is nothing."""
    found = attempt_of("a", answer("", 429, headers=headers))
    assert (found.limit, found.used, found.reset_s) == told


def test_no_answer_is_no_limit() -> None:
    """An attempt that got no answer was not limited."""
    assert not attempt_of("a", failing(FailureKind.RESET)).limited


def test_a_slow_attempt_was_counted_at_any_moment_of_its_way() -> None:
    """Attempts that overtook a slow one are counted before it, and are ours all the same."""
    quick = [Attempt(role, NOW + 5 + place, 200, 20, 1 + place, 60) for place, role in enumerate("abcdef")]
    slow = [Attempt(role, NOW, 200, 20, 7 + place, 60, took_s=12.0) for place, role in enumerate("gh")]
    assert reading([*slow, *quick], before={**BEFORE, "attempts": 0}, browser=0) is not Reading.CROWDED
    prompt = [replace(one, took_s=0.1) for one in slow]
    assert read(Look(tuple(prompt)), Known([*prompt, *quick], 0, BEFORE)) is Reading.CROWDED
    assert read(Look(tuple(slow)), Known([*slow, *quick], 0, BEFORE)) is not Reading.CROWDED
